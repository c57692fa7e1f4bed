// OpenSSL, as src/base/libraries.hpp tells of the others.
#pragma once

#include "src/base/libraries.hpp"

namespace leasehold::http {

[[nodiscard]] Libraries tls_libraries();

} // namespace leasehold::http
