// keyutils, as src/base/libraries.hpp tells of the others.
#pragma once

#include "src/base/libraries.hpp"

namespace leasehold::cache {

[[nodiscard]] Libraries keyring_libraries();

} // namespace leasehold::cache
