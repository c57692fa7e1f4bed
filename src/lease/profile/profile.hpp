// A profile: what to lease and for which cluster. One user-owned YAML file, strictly read.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/files.hpp"
#include "src/lease/terms/cluster.hpp"
#include "src/lease/terms/lease_terms.hpp"
#include "src/lease/terms/provider_settings.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease {

struct ProviderKind;

// Whether a client must say which cluster it asks for.
enum class ClusterInfo {
    automatic, // one that says anything must say that; shells and others that say nothing are
               // served
    required,
    optional_,
};

struct Profile {
    std::string name;
    std::string path; // absolute, of the file
    FileIdentity identity;
    ClusterSettings cluster;
    const ProviderKind* kind = nullptr; // never null in a profile that was read
    Seconds ttl{3600};                  // 0: the server's own (LeaseRequest::ttl)
    Seconds max_ttl{8 * 3600};
    Seconds deadline{30};
    // How old the API server's last word on a cached token may be before a hit has it asked again;
    // 0: only a client that comes back has it asked.
    Seconds recheck{60};
    std::vector<std::string> stores;
    // Variables that a kubeconfig may set (exec.env) and that plugins get.
    std::vector<std::string> environment;
    ClusterInfo require_cluster_info = ClusterInfo::automatic;
    // Profiles of the other clusters that the same kubeconfig entry asks for: a client of one of
    // them is served by that one.
    std::vector<std::string> siblings;
    std::string reason; // of leases that are given none of their own (LeaseRequest::reason)
    LeaseTerms terms;
    ProviderSettings settings; // of the provider `kind`

    // Where each value came from, by its path in the file ("cluster.server"): "line 12" or
    // "default". For `profile show`.
    std::map<std::string, std::string> origins;

    [[nodiscard]] std::string provider() const; // its name
};

// Limits that hold for every profile.
inline constexpr Seconds shortest_deadline{1};
inline constexpr Seconds longest_deadline{120};
inline constexpr Seconds shortest_recheck{5};
inline constexpr Seconds longest_recheck{24 * 3600};

// Reads a profile from text. `path` names the file in errors ("PATH:LINE:COLUMN: ...") and its
// directory is what relative paths inside are relative to; `home` serves "~/".
[[nodiscard]] Result<Profile> parse_profile(std::string_view text, std::string_view name,
                                            const std::string& path, std::string_view home);

// Opens `directory`/NAME.yaml, checks owner and mode, and parses it. A missing file is an error
// whose hint names what profiles there are.
[[nodiscard]] Result<Profile> load_profile(const std::string& directory, std::string_view name,
                                           std::string_view home);

// The stores that a profile may name, for messages and completion.
[[nodiscard]] std::span<const std::string_view> store_names();

// Those of a profile that names none, in order.
[[nodiscard]] std::vector<std::string> default_stores();

// The names of all profiles in a directory, sorted; empty if there is no such directory.
[[nodiscard]] Result<std::vector<std::string>> list_profiles(const std::string& directory);

// The profile's TTL as it is written there.
[[nodiscard]] std::string ttl_text(const Profile& profile);
inline constexpr std::string_view servers_ttl = "server";

// Checks a TTL for this profile: the provider's floor and max-ttl. The Error has code `code`.
[[nodiscard]] Result<void> check_ttl(const Profile& profile, Seconds ttl, ErrorCode code);

// Checks a person's reason for a lease: a short line of text. The Error has code `code`.
[[nodiscard]] Result<void> check_reason(std::string_view reason, ErrorCode code);

// Checks that a lease of this profile may be in `namespace_`: ErrorCode::denied if not.
[[nodiscard]] Result<void> check_namespace(const Profile& profile, std::string_view namespace_);

} // namespace leasehold::lease
