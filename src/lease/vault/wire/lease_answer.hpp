// The answer that carries a token, and what the server knows of a lease, read strictly.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/terms/lease.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::lease::vault {

// What the token must be, and what else bounds its life.
struct TokenWish {
    std::string namespace_; // empty: any
    std::string issuer;     // empty: any
    Seconds ttl{0};
    std::vector<std::string> audiences;
    std::string service_account; // empty: whose the answer names
    RoleKind kind = RoleKind::unknown;
    // How much of the login's token was left before the request went out: with it the server ends
    // the lease and deletes its account, and says neither. Empty: it never ends.
    std::optional<Seconds> login_left;
};

// Whether an account's name is as the engine makes them up, unless a template says otherwise:
// v-LOGIN-ROLE-TIME-RANDOM.
[[nodiscard]] bool looks_made_up(std::string_view account);

// {"lease_id", "lease_duration", "data", "warnings"}. The lease's life is the shortest of what the
// server says, of the token's own, and of the login's rest unless the account stays. It counts from
// `sent`, the local time before the request went out.
[[nodiscard]] Result<Lease> read_created_lease(const http::Response& response,
                                               const TokenWish& wish, UnixTime sent);

// The id in an answer that is not otherwise usable, so that it can be given back.
[[nodiscard]] std::optional<std::string> read_lease_id(const http::Response& response);

// sys/leases/lookup: no account, no namespace and no jti.
struct LeaseRecord {
    std::string id;
    UnixTime issued = 0;
    UnixTime expires = 0;
    std::string revoke_error; // why the server could not end it; made safe to show
};
[[nodiscard]] Result<LeaseRecord> read_lease_record(const http::Response& response);

// The last parts of the ids of a role's leases.
[[nodiscard]] Result<std::vector<std::string>> read_lease_list(const http::Response& response);

} // namespace leasehold::lease::vault
