// The file in which a profile's leases are remembered: whole, whoever writes it at the same time.
#include "cache/token_cache.hpp"
#include "helper/process/edges.hpp"
#include "helper/providers/infisical/own_leases.hpp"
#include "src/base/files.hpp"
#include "src/lease/profile/profile.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

using lease::infisical::KnownLease;

class OwnLeasesTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "/own-leases-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        process_.directories.state = pattern;
        profile_.path = "/p/dev.yaml";
    }
    void TearDown() override { std::filesystem::remove_all(process_.directories.state); }

    OwnLeases open() { return {process_, profile_, cache_, "here"}; }
    [[nodiscard]] KnownLease lease(const std::string& mark, const std::string& id = "") const {
        return {.mark = mark, .id = id, .place = "here", .asked = clock_.instant.wall};
    }
    [[nodiscard]] std::string file() const {
        const auto folder = process_.directories.state + "/leases";
        return std::filesystem::directory_iterator(folder)->path();
    }

    ManualClock clock_;
    Process process_{{}, {}, {}, clock_, "", ""};
    lease::Profile profile_;
    cache::TokenCache cache_{{}, clock_};
};

TEST_F(OwnLeasesTest, AreThoseThatWereRememberedAndNotForgotten) {
    EXPECT_TRUE(open().all().empty());
    open().remember(lease("a"));
    open().remember(lease("a", "id-a"));
    open().remember(lease("b", "id-b"));
    open().forget(lease("b", "id-b"));
    const auto all = open().all();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].id, "id-a");
    EXPECT_EQ(all[0].place, "here");
    profile_.path = "/p/other.yaml";
    EXPECT_TRUE(open().all().empty()) << "another profile's";
}

TEST_F(OwnLeasesTest, AreDroppedAWeekAfterTheirEnd) {
    open().remember(lease("a", "id-a"));
    clock_.instant.wall += 7 * 24 * 3600;
    EXPECT_EQ(open().all().size(), 1u);
    clock_.instant.wall += 1;
    EXPECT_TRUE(open().all().empty());
}

TEST_F(OwnLeasesTest, AreKeptByAllWhoWriteAtOnce) {
    for (int writer = 0; writer < 8; ++writer)
        if (::fork() == 0) {
            for (int i = 0; i < 100; ++i)
                open().remember(lease(std::to_string(writer) + '-' + std::to_string(i)));
            ::_exit(0);
        }
    while (::wait(nullptr) > 0) {
    }
    EXPECT_EQ(open().all().size(), 800u);
}

TEST_F(OwnLeasesTest, TakeNoMoreRoomThanThoseThatThereAre) {
    open().remember(lease("kept", "id"));
    for (int i = 0; i < 2000; ++i) {
        open().remember(lease("a"));
        open().forget(lease("a"));
    }
    EXPECT_LT(std::filesystem::file_size(file()), 150'000u);
    EXPECT_EQ(open().all().size(), 1u);
}

TEST_F(OwnLeasesTest, WhatIsDamagedIsLeftOut) {
    open().remember(lease("a", "id-a"));
    std::ofstream(file(), std::ios::app) << "{\"mark\":\n[]\nnonsense\n";
    open().remember(lease("b", "id-b"));
    EXPECT_EQ(open().all().size(), 2u);
}

TEST_F(OwnLeasesTest, TheLongestTtlIsAPlaces) {
    EXPECT_EQ(open().longest_ttl("here"), Seconds(0));
    open().remember_longest_ttl("here", Seconds(1800));
    EXPECT_EQ(open().longest_ttl("here"), Seconds(1800));
    EXPECT_EQ(open().longest_ttl("there"), Seconds(0));
    open().remember_longest_ttl("here", Seconds(0));
    EXPECT_EQ(open().longest_ttl("here"), Seconds(0));
}

TEST_F(OwnLeasesTest, NothingIsRememberedWhereThereIsNoPlace) {
    process_.directories.state = "";
    open().remember(lease("a", "id-a"));
    EXPECT_TRUE(open().all().empty());
}

} // namespace
} // namespace leasehold::helper
