// The requests to Vault and OpenBao, without a socket. Targets are below the server's address.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/identity/login_proof.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::vault {

// `path` is below /v1, and goes out as it is but for what a URL cannot hold; `space` is the Vault
// namespace it is in. Every request carries X-Vault-Request, which agents want.
[[nodiscard]] http::Request get_request(std::string_view path, const std::string& space);
// A POST; no body where it is null.
[[nodiscard]] http::Request post_request(std::string_view path, const std::string& space,
                                         const boost::json::value& body);
// A POST of the login's fields.
[[nodiscard]] http::Request login_request(std::string_view path, const std::string& space,
                                          const identity::LoginFields& fields);

// POST MOUNT/creds/ROLE. Nothing is sent that is not asked for: policies count empty fields as
// given, and compare a TTL as it is spelled.
[[nodiscard]] http::Request lease_request(const VaultSettings& settings,
                                          const std::string& namespace_, const std::string& ttl,
                                          const std::vector<std::string>& audiences);

// Of the token that the request goes out with.
[[nodiscard]] http::Request lookup_token_request(const VaultSettings& settings);
[[nodiscard]] http::Request renew_token_request(const VaultSettings& settings, Seconds increment);
[[nodiscard]] http::Request revoke_token_request(const VaultSettings& settings);

// Answers the secret that a wrapping token stands for; the request goes out with that token.
[[nodiscard]] http::Request unwrap_request(const VaultSettings& settings);

// POST sys/leases/lookup {lease_id}, which the `default` policy allows.
[[nodiscard]] http::Request lookup_lease_request(const VaultSettings& settings,
                                                 const std::string& id);
// The ids of all leases of the role: needs `sudo`.
[[nodiscard]] http::Request list_leases_request(const VaultSettings& settings);
// By the URL form, which a policy can confine to one role, or by the id in the body.
[[nodiscard]] http::Request revoke_lease_request(const VaultSettings& settings,
                                                 const std::string& id, bool in_body);

// A TTL as Go reads it: "1h30m"; there is no "1d12h".
[[nodiscard]] std::string ttl_text(Seconds ttl);

} // namespace leasehold::lease::vault
