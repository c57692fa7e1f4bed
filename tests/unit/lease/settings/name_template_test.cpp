#include "src/base/names.hpp"
#include "src/lease/settings/name_template.hpp"

#include <gtest/gtest.h>

#include <set>

namespace leasehold::lease {
namespace {

const NameParts parts{"prod", "Ada.Lovelace", "HOST_1", 1'800'000'000};

TEST(LeaseName, TheDefaultIsALabelWithARandomPart) {
    std::set<std::string> names;
    for (int i = 0; i < 1000; ++i)
        names.insert(make_lease_name(default_name_template, parts));
    EXPECT_EQ(names.size(), 1000u);
    for (const std::string& name : names) {
        EXPECT_TRUE(is_dns_label(name)) << name;
        EXPECT_EQ(name.size(), std::string_view("leasehold-").size() + random_name_length);
        EXPECT_TRUE(matches_name_template(name, default_name_template)) << name;
    }
}

TEST(LeaseName, EveryPartBecomesOneOfALabel) {
    const std::string_view name_template = "{profile}-{user}-{host}-{unixtime}-{random}";
    ASSERT_FALSE(check_name_template(name_template)) << "it can grow too long";
    const std::string_view shorter = "{profile}-{user}-{unixtime}-{random}";
    ASSERT_TRUE(check_name_template(shorter));
    const std::string name = make_lease_name(shorter, parts);
    EXPECT_EQ(name.substr(0, name.size() - random_name_length), "prod-ada-lovelace-1800000000-");
    EXPECT_TRUE(is_dns_label(name));
    for (const char* hostile : {"", "---", "\xff\xfe", "a/../b", "UPPER", "-x-", "a b\nc"}) {
        const std::string made = make_lease_name(shorter, {hostile, hostile, hostile, -1});
        EXPECT_TRUE(is_dns_label(made)) << made;
        EXPECT_TRUE(matches_name_template(made, shorter)) << made;
    }
}

TEST(LeaseName, TemplatesThatCannotWorkAreRefused) {
    for (const char* bad :
         {"", "fixed", "{user}", "x-{random}-", "-{random}", "X-{random}", "a.{random}",
          "{random}{nothing}", "{random", "{random}{random}{random}{random}",
          "a-name-that-is-far-too-long-for-a-label-of-rfc-1123-{random}", "{random}/x"})
        EXPECT_FALSE(check_name_template(bad)) << bad;
    for (const char* good : {"{random}", "l-{random}", "{random}-x", "{user}-{random}"})
        EXPECT_TRUE(check_name_template(good)) << good;
}

TEST(LeaseName, OnlyNamesOfTheTemplateMatch) {
    const auto matches = [](std::string_view name) {
        return matches_name_template(name, "leasehold-{random}");
    };
    EXPECT_TRUE(matches("leasehold-0123456789abcdef"));
    for (const char* other : {"leasehold-0123456789abcde", "leasehold-0123456789abcdefg",
                              "leasehold-0123456789abcd-f", "xleasehold-0123456789abcdef",
                              "leasehold-", "important", "", "leasehold-0123456789ABCDEF"})
        EXPECT_FALSE(matches(other)) << other;
}

} // namespace
} // namespace leasehold::lease
