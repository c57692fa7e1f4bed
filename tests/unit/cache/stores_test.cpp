#include "cache/stores.hpp"

#include <gtest/gtest.h>

namespace leasehold::cache {
namespace {

TEST(MakeStore, KnowsItsNames) {
    const StoreOptions options{.secret_service_child = "/nonexistent",
                               .environment = {},
                               .runtime_directory = {},
                               .file_directory = "/nonexistent/tokens"};
    for (const char* name : {"kernel-keyring", "secret-service", "memory", "file"}) {
        const auto store = make_store(name, options);
        ASSERT_TRUE(store) << name;
        EXPECT_EQ(store->name(), name) << "messages would name another store than the profile";
        EXPECT_TRUE(is_store_name(name));
    }
    EXPECT_FALSE(make_store("none", options));
    EXPECT_TRUE(is_store_name("none"));
    for (const char* name : {"", "keyring", "Memory", "File", "secret-service "}) {
        EXPECT_FALSE(make_store(name, options)) << name;
        EXPECT_FALSE(is_store_name(name)) << name;
    }
}

} // namespace
} // namespace leasehold::cache
