// The address of a server that is shown credentials.
#pragma once

#include "src/base/error.hpp"
#include "src/base/url.hpp"

#include <string_view>

namespace leasehold::lease {

// https only, except on loopback. `what` names it in the error, which has ErrorCode::configuration.
[[nodiscard]] Result<Url> parse_server_address(std::string_view text, std::string_view what);

} // namespace leasehold::lease
