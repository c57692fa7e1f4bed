// A store that ends with the process: the model of what the real ones must do.
#pragma once

#include "cache/store/store.hpp"

#include <memory>

namespace leasehold::cache {

[[nodiscard]] std::unique_ptr<TokenStore> make_process_store();

} // namespace leasehold::cache
