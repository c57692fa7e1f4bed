// The stores under contract, each with whatever it needs around it.
#pragma once

#include "cache/store/store.hpp"
#include "tests/contract/private_session.hpp"

#include <functional>
#include <memory>
#include <ostream>
#include <string>

namespace leasehold::test {

// A place for entries. Two stores opened on it see the same entries, as two processes do.
class StorePlace {
public:
    virtual ~StorePlace() = default;
    [[nodiscard]] virtual std::unique_ptr<cache::TokenStore> open() = 0;
};

struct StoreKind {
    std::string name;
    std::unique_ptr<StorePlace> (*make)();
    // Entries are seen by other objects and processes.
    bool shared = true;
    // Why it cannot be tested on this machine; null or "" if it can.
    std::string (*left_out)() = nullptr;
    // The largest entry that it surely takes.
    std::size_t largest = cache::entry_limit;
};

inline void PrintTo(const StoreKind& kind, std::ostream* out) {
    *out << kind.name;
}

[[nodiscard]] const std::vector<StoreKind>& all_store_kinds();

} // namespace leasehold::test
