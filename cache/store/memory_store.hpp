// A store that ends with the process: for tests, and the model of what the others must do.
#pragma once

#include "cache/store/store.hpp"

#include <memory>

namespace leasehold::cache {

[[nodiscard]] std::unique_ptr<TokenStore> make_memory_store();

} // namespace leasehold::cache
