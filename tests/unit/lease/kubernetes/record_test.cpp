#include "src/base/json.hpp"
#include "src/lease/kubernetes/record.hpp"
#include "tests/unit/lease/embedded.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

Profile profile_with(const std::string& more) {
    auto profile = parse_profile("cluster: {server: https://prod.example:6443}\n"
                                 "kubernetes: {namespace: ci, credential: dynamic, " +
                                     more + "}\n",
                                 "prod", "/p/prod.yaml", "/h");
    EXPECT_TRUE(profile) << profile.error().message;
    return *std::move(profile);
}

LeaseMark mark_of(const Profile& profile, std::string reason = {}) {
    return make_mark(embedded(profile), {"ada", "host", "machine"},
                     {Seconds(600), "ci", {}, Seconds(0), std::move(reason)},
                     "leasehold-0123456789abcdef", 1000);
}

// An object as the server would give it back.
ReadObject read_back(const boost::json::object& body, const std::string& namespace_) {
    ReadObject object;
    const auto& metadata = body.at("metadata").as_object();
    object.ref = {ObjectKind::role_binding, namespace_,
                  std::string(metadata.at("name").as_string()), "uid"};
    for (const auto& [key, value] : metadata.at("labels").as_object())
        object.labels.emplace(key, value.as_string());
    for (const auto& [key, value] : metadata.at("annotations").as_object())
        object.annotations.emplace(key, value.as_string());
    return object;
}

boost::json::object binding_of(const LeaseMark& mark, const std::string& namespace_,
                               const std::string& name) {
    return dynamic_binding(mark, {ObjectKind::role_binding, namespace_, name, ""}, ObjectKind::role,
                           "reader", std::nullopt);
}

TEST(LeaseRecord, AMarkComesBackFromAnyObjectOfItsLease) {
    const Profile profile = profile_with("roles: [{namespace: ci, role: a}, {namespace: stage, "
                                         "role: b}, {namespace: stage, role: c}]");
    const LeaseMark mark = mark_of(profile, "ticket 7");
    EXPECT_EQ(mark.also_in, std::vector<std::string>{"stage"});
    for (const std::string& name : {mark.id, object_name(mark.id, 2), object_name(mark.id, 64)}) {
        const auto read = read_mark(read_back(binding_of(mark, "stage", name), "stage"));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->id, mark.id);
        EXPECT_EQ(read->namespace_, "ci") << "where the account is";
        EXPECT_EQ(read->reason, "ticket 7");
        EXPECT_EQ(read->expires, mark.expires);
    }
    const auto account = read_mark(read_back(dynamic_account(mark, std::nullopt), "ci"));
    ASSERT_TRUE(account);
    EXPECT_EQ(account->also_in, mark.also_in);
    EXPECT_EQ(account->namespace_, "ci");
}

TEST(LeaseRecord, ANameThatIsNoneOfItsLeaseIsALeaseOfItsOwn) {
    const LeaseMark mark = mark_of(profile_with("role: reader"));
    for (const char* end : {"-0", "-02", "-100", "-x", "-", "x"}) {
        const std::string name = mark.id + end;
        const auto read = read_mark(read_back(binding_of(mark, "ci", name), "ci"));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->id, name);
    }
}

TEST(LeaseRecord, NamespacesOfAMarkAreNames) {
    const LeaseMark mark = mark_of(profile_with("role: reader"));
    ReadObject object = read_back(binding_of(mark, "ci", mark.id), "ci");
    std::string many = "../secrets,UPPER,a b,";
    for (int i = 0; i < 200; ++i)
        many += ",n" + std::to_string(i);
    object.annotations["leasehold.dev/also-in"] = many;
    object.annotations["leasehold.dev/account-namespace"] = "kube-system/secrets";
    const auto read = read_mark(object);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->namespace_, "ci");
    ASSERT_EQ(read->also_in.size(), most_namespaces);
    EXPECT_EQ(read->also_in.front(), "n0");
}

TEST(LeaseRecord, WhatAProfileAddsNeverStandsInPlaceOfOurs) {
    const Profile profile = profile_with("role: reader, labels: {team: infra, example.com/a: b}, "
                                         "annotations: {example.com/link: \"https://x/ y\"}");
    LeaseMark mark = mark_of(profile);
    mark.labels.emplace_back("app.kubernetes.io/managed-by", "me"); // had a check been passed by
    mark.annotations.emplace_back("leasehold.dev/expires-at", "never");
    for (const auto& body :
         {binding_of(mark, "ci", mark.id), dynamic_account(mark, std::nullopt), lease_secret(mark),
          dynamic_role(mark, {ObjectKind::role, "ci", mark.id, ""}, {}, {})}) {
        const ReadObject object = read_back(body, "ci");
        EXPECT_EQ(object.labels.at("team"), "infra");
        EXPECT_EQ(object.labels.at("example.com/a"), "b");
        EXPECT_EQ(object.annotations.at("example.com/link"), "https://x/ y");
        EXPECT_EQ(object.labels.at("app.kubernetes.io/managed-by"), "leasehold");
        ASSERT_TRUE(read_mark(object));
        EXPECT_EQ(read_mark(object)->expires, mark.expires);
    }
}

TEST(LeaseRecord, AnAnswerIsNotedWithTheIdOfItsToken) {
    const std::pair<std::string, std::string> end{"leasehold.dev/expires-at",
                                                  "1970-01-12T14:46:40Z"};
    EXPECT_EQ(answer_annotations("4d6f", 1003600),
              (Annotations{end, {"leasehold.dev/jti", "4d6f"}}));
    EXPECT_EQ(answer_annotations("", 1003600), Annotations{end});
}

TEST(LeaseRecord, ASelectorIsOfOneProfileOrOfAll) {
    EXPECT_EQ(lease_selector(""), "app.kubernetes.io/managed-by=leasehold");
    EXPECT_EQ(lease_selector("abc"),
              "app.kubernetes.io/managed-by=leasehold,leasehold.dev/profile-hash=abc");
}

} // namespace
} // namespace leasehold::lease
