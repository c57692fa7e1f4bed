// What is written beside a cached token for people to see: one line of printable JSON, no secret.
#pragma once

#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/lease.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

struct LeaseNote {
    std::string profile;
    std::string path; // of the profile's file
    std::string provider;
    std::string server;
    std::string subject;
    std::string id;
    std::string jti;
    bool revocable = false;
};

[[nodiscard]] std::string write_lease_note(const lease::Profile& profile,
                                           const lease::Lease& lease);

// Empty if the text is no note. Texts are made safe to show.
[[nodiscard]] std::optional<LeaseNote> read_lease_note(std::string_view text);

} // namespace leasehold::helper
