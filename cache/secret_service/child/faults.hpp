// Which StoreFault a GError stands for.
#pragma once

#include "cache/store/store.hpp"

#include <gio/gio.h>

namespace leasehold::cache {

[[nodiscard]] StoreError to_store_error(const GError* error);

} // namespace leasehold::cache
