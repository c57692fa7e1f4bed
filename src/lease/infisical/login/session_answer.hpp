// What Infisical answers to a login or the renewal of an access token.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/identity/session.hpp"

namespace leasehold::lease::infisical {

// Reads the answer of a login or, with `before` set, of a renewal: {accessToken, expiresIn,
// accessTokenMaxTTL, tokenType}. The token is a new one also after a renewal.
[[nodiscard]] Result<identity::Session>
read_session_answer(const http::Response& response, UnixTime sent,
                    const identity::Session* before = nullptr);

} // namespace leasehold::lease::infisical
