// What is written beside a cached token for people to see: one line of printable JSON, no secret.
#pragma once

#include "cache/record/lifetime.hpp"
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
    bool revocable_known = true;
    UnixTime expires = 0;   // as told when it was leased
    std::string namespace_; // of its objects; "" if it has none
};

[[nodiscard]] std::string write_lease_note(const lease::Profile& profile,
                                           const lease::Lease& lease);

// Empty if the text is no note. Texts are made safe to show.
[[nodiscard]] std::optional<LeaseNote> read_lease_note(std::string_view text);

// When the lease ends, by the local clock as it stands: what `lease create` told, moved along with
// a clock that was set since. Clients are told an earlier time (Judgement::reported_expiry).
[[nodiscard]] UnixTime lease_end(const LeaseNote& note, const cache::Lifetime& lifetime,
                                 const cache::Judgement& judgement);

} // namespace leasehold::helper
