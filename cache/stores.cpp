#include "cache/stores.hpp"

#include "cache/kernel_keyring/keyring.hpp"
#include "cache/secret_service/store.hpp"
#include "cache/store/file_store.hpp"
#include "cache/store/memory_store.hpp"

#include <algorithm>
#include <array>

namespace leasehold::cache {
namespace {

using Made = std::unique_ptr<TokenStore>;

struct Row {
    std::string_view name;
    Made (*make)(const StoreOptions&);
    bool starts_a_program = false;
};

constexpr std::array<Row, 5> table{{
    {"kernel-keyring",
     [](const StoreOptions& options) -> Made {
         return make_kernel_keyring_store({.runtime_directory = options.runtime_directory});
     }},
    {"secret-service",
     [](const StoreOptions& options) {
         return make_secret_service_store({.child = options.secret_service_child,
                                           .environment = options.environment,
                                           .limit = options.secret_service_limit,
                                           .marker_directory = options.runtime_directory,
                                           .ignore_marker = options.ignore_skip_marker});
     },
     true},
    {"memory",
     [](const StoreOptions& options) -> Made {
         return make_memory_store(memory_directories(options.runtime_directory));
     }},
    {"file", [](const StoreOptions& options) { return make_file_store(options.file_directory); }},
    {"none", [](const StoreOptions&) { return Made(); }},
}};

const Row* find_row(std::string_view name) {
    const auto row = std::find_if(table.begin(), table.end(),
                                  [name](const Row& candidate) { return candidate.name == name; });
    return row == table.end() ? nullptr : row;
}

} // namespace

std::unique_ptr<TokenStore> make_store(std::string_view name, const StoreOptions& options) {
    const Row* row = find_row(name);
    return row == nullptr ? nullptr : row->make(options);
}

bool starts_a_program(std::string_view store) {
    const Row* row = find_row(store);
    return row != nullptr && row->starts_a_program;
}

bool is_store_name(std::string_view name) {
    return find_row(name) != nullptr;
}

} // namespace leasehold::cache
