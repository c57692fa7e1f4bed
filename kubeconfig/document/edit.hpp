// The two edits of a kubeconfig, on a draft that is thrown away if anything fails.
#pragma once

#include "kubeconfig/document/compare.hpp"
#include "kubeconfig/document/document.hpp"
#include "kubeconfig/draft/draft.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace leasehold::kubeconfig {

inline constexpr std::array sections = {Section::clusters, Section::users, Section::contexts};

// What the name of a context that gave way to ours ends in.
inline constexpr std::string_view moved_end = "-before-leasehold";

struct Edit {
    Draft draft;
    Intent intent = {};               // what the edit touches, for the comparison afterwards
    std::vector<Change> changes = {}; // what it did
};

// Adds or replaces the three elements of each entry (KubeconfigDocument::upsert).
[[nodiscard]] Result<void> upsert_entries(Edit& edit, const std::vector<Entry>& entries,
                                          bool force);

// Removes what carries the marker of one of the profiles (KubeconfigDocument::remove).
[[nodiscard]] Result<void> remove_profiles(Edit& edit, const ProfileNames& profiles);

// True if the element carries this profile's marker.
[[nodiscard]] inline bool belongs_to(const Item& item, std::string_view profile) {
    return item.marker && item.marker->profile == profile;
}

} // namespace leasehold::kubeconfig
