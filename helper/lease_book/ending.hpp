// Ending and renewing leases: at the server, in every store and in the audit log.
#pragma once

#include "helper/lease_book/profile_books.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

// What came of ending one lease, for people and scripts.
struct Ending {
    std::string id;
    std::string profile;
    std::string result; // revoked | was gone | forgotten | not revoked
    std::string detail;
    int exit_code = 0;     // 0 if its token is worthless now
    std::string hint = {}; // where it failed: what to do about that
};

[[nodiscard]] Ending not_ended(const std::string& id, const std::string& profile,
                               const Error& error);

// What to do about those that failed, each hint once, for stderr; "" if there is nothing.
[[nodiscard]] std::string hints_of(const std::vector<Ending>& endings);

// Revokes it and takes it out of every store, whatever the server says: nobody is handed a token
// that somebody wanted ended.
[[nodiscard]] Ending end_lease(const Process& process, ProfileBook& book, const std::string& id,
                               bool forced, Deadline deadline);

enum class Which { all, expired };

// Of one's own leases in the book and in the stores.
[[nodiscard]] Result<std::vector<Ending>> end_leases(const Process& process, ProfileBook& book,
                                                     Which which, bool forced, Deadline deadline);

[[nodiscard]] Result<lease::Renewal> renew_lease(const Process& process, ProfileBook& book,
                                                 const std::string& id, std::optional<Seconds> ttl,
                                                 Deadline deadline);

} // namespace leasehold::helper
