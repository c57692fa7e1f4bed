#include "helper/process/directories.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

using Variables = Environment::Variables;

TEST(Directories, OurOwnVariablesWinThenXdgThenHome) {
    const auto home = find_directories(Environment(Variables{{"HOME", "/h"}}));
    EXPECT_EQ(home.config, "/h/.config/leasehold");
    EXPECT_EQ(home.runtime, "/h/.cache/leasehold");
    EXPECT_EQ(home.state, "/h/.local/state/leasehold");
    Variables variables = {{"HOME", "/h"},
                           {"XDG_CONFIG_HOME", "/c"},
                           {"XDG_RUNTIME_DIR", "/r"},
                           {"XDG_CACHE_HOME", "/k"},
                           {"XDG_STATE_HOME", "/s"}};
    const auto xdg = find_directories(Environment(variables));
    EXPECT_EQ(xdg.config, "/c/leasehold");
    EXPECT_EQ(xdg.runtime, "/r/leasehold");
    EXPECT_EQ(xdg.state, "/s/leasehold");
    variables["LEASEHOLD_CONFIG_DIR"] = "/1";
    variables["LEASEHOLD_RUNTIME_DIR"] = "/2";
    variables["LEASEHOLD_STATE_DIR"] = "/3";
    const auto own = find_directories(Environment(variables));
    EXPECT_EQ(own.profiles(), "/1/profiles");
    EXPECT_EQ(own.runtime, "/2");
    EXPECT_EQ(own.state, "/3");
}

TEST(Directories, RelativePathsAreIgnored) {
    const auto directories = find_directories(Environment(Variables{{"HOME", "/h"},
                                                                    {"XDG_CONFIG_HOME", "c"},
                                                                    {"XDG_RUNTIME_DIR", ""},
                                                                    {"LEASEHOLD_STATE_DIR", "."}}));
    EXPECT_EQ(directories.config, "/h/.config/leasehold");
    EXPECT_EQ(directories.runtime, "/h/.cache/leasehold");
    EXPECT_EQ(directories.state, "/h/.local/state/leasehold");
}

// The front finds profiles by itself: both must look in the same place.
TEST(Directories, TheFrontAgrees) {
    const Environment environments[] = {
        Environment(Variables{{"HOME", "/h"}}),
        Environment(Variables{{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/c"}}),
        Environment(Variables{{"HOME", "/h"}, {"XDG_CONFIG_HOME", "c"}}),
        Environment(
            Variables{{"HOME", "/h"}, {"LEASEHOLD_CONFIG_DIR", "/1"}, {"XDG_CONFIG_HOME", "/c"}})};
    for (const Environment& environment : environments) {
        const auto front = config_directory([&](const char* name) -> const char* {
            const auto found = environment.all().find(name);
            return found == environment.all().end() ? nullptr : found->second.c_str();
        });
        EXPECT_EQ(front, find_directories(environment).config);
    }
}

} // namespace
} // namespace leasehold::helper
