// A store that keeps an entry in a file, and one entry in it, for the tests of such stores.
#pragma once

#include "cache/record/key.hpp"
#include "cache/store/store.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace leasehold::cache {

class OneEntryTest : public testing::Test {
protected:
    // As each call of a client has it: a store of its own.
    [[nodiscard]] virtual std::unique_ptr<TokenStore> open() const = 0;

    void put(std::string_view bytes = "token") {
        const auto kept = open()->put(key_, Secret(bytes), Seconds(3600));
        ASSERT_TRUE(kept) << kept.error().message;
    }
    // "(none)" if there is none, "(fault)" if it could not be read.
    std::string text() {
        const auto found = open()->get(key_);
        if (!found)
            return "(fault)";
        return *found ? std::string((**found).reveal()) : "(none)";
    }

    const CacheKey key_ = CacheKey::of({{"name", "a"}});
    std::string root_;      // a directory of the test's own
    std::string directory_; // the store's, in it
};

} // namespace leasehold::cache
