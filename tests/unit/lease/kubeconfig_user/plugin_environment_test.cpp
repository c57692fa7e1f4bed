#include "src/lease/kubeconfig_user/plugin_environment.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

using Variables = Environment::Variables;

TEST(PluginEnvironment, HoldsWhatToolsNeedAndWhatIsLetThrough) {
    const Environment environment({{"HOME", "/h"},
                                   {"AWS_PROFILE", "p"},
                                   {"LC_ALL", "C"},
                                   {"VAULT_TOKEN", "secret"},
                                   {"LD_LIBRARY_PATH", "/l"},
                                   {"ODD", "1"}});
    EXPECT_EQ(plugin_environment(environment, {}).all(),
              (Variables{{"HOME", "/h"}, {"AWS_PROFILE", "p"}, {"LC_ALL", "C"}}));
    EXPECT_EQ(plugin_environment(environment, {"ODD"}).value("ODD"), "1");
}

TEST(PluginEnvironment, WhatDecidesWhomAPluginSpeaksForReachesIt) {
    for (const std::string& name : plugin_identity_variables())
        EXPECT_TRUE(reaches_plugins(name)) << name;
}

} // namespace
} // namespace leasehold::lease
