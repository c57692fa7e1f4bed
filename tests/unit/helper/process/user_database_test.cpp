#include "helper/process/user_database.hpp"

#include <gtest/gtest.h>

#include <pwd.h>
#include <unistd.h>

using namespace leasehold::helper;

TEST(UserDatabase, KnowsThisUserAsLibcDoes) {
    const passwd* libc = ::getpwuid(::geteuid());
    const auto user = find_user(::geteuid());
    ASSERT_EQ(user.has_value(), libc != nullptr);
    if (user) {
        EXPECT_EQ(user->name, libc->pw_name);
        EXPECT_EQ(user->home, libc->pw_dir);
    }
    EXPECT_FALSE(find_user(4294967000u).has_value());
}

TEST(UserDatabase, ReadsALineOfGetent) {
    const auto user = parse_user("kim:*:70001:70001:Kim, Lab:/home/kim:/bin/bash\n", 70001);
    ASSERT_TRUE(user.has_value());
    EXPECT_EQ(user->name, "kim");
    EXPECT_EQ(user->home, "/home/kim");
    const auto homeless = parse_user("kim:*:7:7:::", 7);
    ASSERT_TRUE(homeless.has_value());
    EXPECT_EQ(homeless->home, "");
    EXPECT_EQ(parse_user("kim:*:7:7::relative:", 7).value_or(UserEntry{}).home, "");
}

TEST(UserDatabase, TakesNoOtherLine) {
    for (const char* line : {"", "\n", "kim", "kim:*:8:7::/h:/s", ":*:7:7::/h:/s", "kim:*:7:7::/h",
                             "kim:*:7:7::/h:/s:more", "kim:*: 7:7::/h:/s"})
        EXPECT_FALSE(parse_user(line, 7).has_value()) << line;
}
