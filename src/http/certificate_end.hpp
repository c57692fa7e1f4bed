// Until when a certificate is good.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string_view>

namespace leasehold::http {

// The end of the first certificate of a PEM text; empty if there is none that can be read.
[[nodiscard]] std::optional<UnixTime> certificate_end(std::string_view pem);

} // namespace leasehold::http
