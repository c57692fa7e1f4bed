// The stores by name: one table, nothing opened before it is used.
#pragma once

#include "cache/store/store.hpp"
#include "src/base/environment.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace leasehold::cache {

struct StoreOptions {
    std::string secret_service_child;        // path of the program leasehold-secret-service
    Environment environment;                 // of the caller: tells where the session bus is
    std::string runtime_directory;           // for what is forgotten with the session; "": none
    std::string file_directory;              // where the store "file" keeps its entries
    bool ignore_skip_marker = false;         // ask the Secret Service even if it hung a moment ago
    Milliseconds secret_service_limit{2000}; // the longest that one question may take
};

// "kernel-keyring", "secret-service", "memory" or "file". Null for "none" and for any other name.
[[nodiscard]] std::unique_ptr<TokenStore> make_store(std::string_view name,
                                                     const StoreOptions& options);

// Whether a question to that store starts a program.
[[nodiscard]] bool starts_a_program(std::string_view store);

// True for the names make_store knows, "none" included.
[[nodiscard]] bool is_store_name(std::string_view name);

} // namespace leasehold::cache
