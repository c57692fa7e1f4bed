// What a role of the secrets engine says, and what a login may do.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::vault {

// Text is made safe to show.
struct RoleFacts {
    RoleKind kind = RoleKind::unknown;
    std::string service_account;         // of a static role
    std::vector<std::string> namespaces; // allowed; "*" is all
    bool has_selector = false;           // others may be allowed by their labels
    Seconds max_ttl{0};                  // 0: the mount's
};
[[nodiscard]] Result<RoleFacts> read_role_facts(const http::Response& response);

// Whether sys/capabilities-self lists `capability`, or `root`, for a path.
[[nodiscard]] bool may(const http::Response& response, std::string_view path,
                       std::string_view capability);

// GET sys/health: the server's version; "" if it does not say.
[[nodiscard]] std::string read_version(const http::Response& response);

} // namespace leasehold::lease::vault
