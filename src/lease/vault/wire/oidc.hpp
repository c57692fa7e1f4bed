// The requests and answers of a login in the browser. PKCE and the identity provider's nonce are
// the server's; ours ties the end of the login to its beginning.
#pragma once

#include "src/base/clock.hpp"
#include "src/http/client.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <string>
#include <string_view>

namespace leasehold::lease::vault {

// Where the browser goes, and what the server knows the login by.
struct OidcStart {
    std::string url;
    std::string state;
    std::string user_code;    // of the device flow: to be typed there; made safe to show
    Seconds poll_interval{0}; // of direct and device
};

// 32 random hex digits.
[[nodiscard]] Result<std::string> make_nonce();

// `redirect` is where the browser is to come back to; "" for the device flow.
[[nodiscard]] http::Request auth_url_request(const VaultSettings& settings,
                                             const std::string& redirect, const std::string& nonce);
// A refusal comes with status 200 and an empty URL.
[[nodiscard]] Result<OidcStart> read_auth_url(const http::Response& response,
                                              const VaultSettings& settings);

// With the browser's code: its answer is a login's.
[[nodiscard]] http::Request callback_request(const VaultSettings& settings, std::string_view state,
                                             std::string_view code, const std::string& nonce);
// Asks whether the browser is done. 400 `authorization_pending` or `slow_down` is not yet.
[[nodiscard]] http::Request poll_request(const VaultSettings& settings, const std::string& state,
                                         const std::string& nonce);

// Where the server itself is told by the browser (callback-mode: direct).
[[nodiscard]] std::string direct_redirect(const VaultSettings& settings);

} // namespace leasehold::lease::vault
