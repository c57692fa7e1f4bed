#include "helper/run/files.hpp"
#include "src/base/files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr const char* text = "cluster:\n"
                             "  server: https://dev.example:6443\n"
                             "  certificate-authority: ca.pem\n"
                             "kubernetes:\n"
                             "  namespace: ci\n"
                             "  service-account: deployer\n"
                             "  requester:\n"
                             "    token-file: ~/token\n";

class RunFilesTest : public testing::Test {
protected:
    RunFilesTest() {
        std::string name = "/dev/shm/leasehold-run-test-XXXXXX";
        place_ = ::mkdtemp(name.data());
        environment_ = Environment({{"LEASEHOLD_RUNTIME_DIR", place_}});
    }
    ~RunFilesTest() override { std::filesystem::remove_all(place_); }

    [[nodiscard]] Process process() const { return Process{{}, environment_, {}, clock_, "", ""}; }
    [[nodiscard]] RunProfile profile() const {
        auto parsed =
            lease::parse_profile(text, "dev", "/etc/leasehold/profiles/dev.yaml", "/home/me");
        return {*std::move(parsed), text};
    }

    ManualClock clock_;
    std::string place_;
    Environment environment_;
};

TEST_F(RunFilesTest, GivesAProfileBackAsItWasWhenTheRunBegan) {
    const auto made = RunFiles::create(process());
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(made->add(profile(), "/home/me"));
    const auto run = RunFiles::find(process(), made->id());
    ASSERT_TRUE(run);
    EXPECT_EQ(run->profiles().value(), std::vector<std::string>{"dev"});
    const auto read = run->profile("dev");
    ASSERT_TRUE(read) << read.error().message;
    // Relative to where it came from, not to where the copy lies.
    EXPECT_EQ(read->cluster.ca_file, "/etc/leasehold/profiles/ca.pem");
    EXPECT_EQ(read->path, "/etc/leasehold/profiles/dev.yaml");
    EXPECT_FALSE(run->profile("other"));
}

TEST_F(RunFilesTest, AreTheUsersAlone) {
    const auto run = RunFiles::create(process());
    ASSERT_TRUE(run);
    ASSERT_TRUE(run->add(profile(), ""));
    struct stat status {};
    ASSERT_EQ(::stat(run->directory().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
    for (const auto& entry : std::filesystem::directory_iterator(run->directory())) {
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
    }
    // What others can reach into is no run.
    ASSERT_EQ(::chmod(run->directory().c_str(), 0755), 0);
    EXPECT_FALSE(RunFiles::find(process(), run->id()));
}

TEST_F(RunFilesTest, AreAbandonedWhenNobodyHoldsThem) {
    std::string id;
    {
        const auto run = RunFiles::create(process());
        ASSERT_TRUE(run);
        id = run->id();
        EXPECT_TRUE(RunFiles::find(process(), id)->is_held());
        EXPECT_TRUE(RunFiles::abandoned(process()).empty());
    }
    EXPECT_FALSE(RunFiles::find(process(), id)->is_held());
    const auto found = RunFiles::abandoned(process());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().id(), id);
    // Whoever found it has it.
    EXPECT_TRUE(RunFiles::abandoned(process()).empty());
    found.front().remove();
    EXPECT_FALSE(RunFiles::find(process(), id));
}

TEST_F(RunFilesTest, RememberLeasesOnceAndForgetTheTokens) {
    const auto run = RunFiles::create(process());
    ASSERT_TRUE(run);
    ASSERT_TRUE(run->add(profile(), ""));
    for (const char* lease : {"a", "b", "a"})
        EXPECT_TRUE(run->note_lease("dev", lease));
    ASSERT_TRUE(write_file(run->token_path("dev"), "token", 0600));
    run->remove_secrets();
    EXPECT_NE(::access(run->token_path("dev").c_str(), F_OK), 0);
    EXPECT_EQ(run->leases("dev"), (std::vector<std::string>{"a", "b"}));
    run->forget_leases("dev");
    EXPECT_TRUE(run->leases("dev").empty());
}

} // namespace
} // namespace leasehold::helper
