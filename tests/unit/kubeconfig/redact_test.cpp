#include "kubeconfig/show/diff.hpp"

#include <gtest/gtest.h>

namespace leasehold::kubeconfig {
namespace {

std::string with_arguments(const std::string& arguments) {
    return "users:\n- name: u\n  user:\n    exec:\n      command: tool\n      args: [" + arguments +
           "]\n";
}

TEST(Redaction, HidesEveryArgumentThatIsNoKnownWord) {
    for (const char* arguments :
         {"CANARY", "-pCANARY", "--hunter2=CANARY", "--password, CANARY", "get-token, CANARY",
          "--cluster-name, CANARY", "\"-sCANARY\"", "--profile, CANARY/x", "--X-CANARY"})
        EXPECT_EQ(redacted(with_arguments(arguments)).find("CANARY"), std::string::npos)
            << arguments;
}

TEST(Redaction, ShowsWhatSaysWhichPluginItIs) {
    for (const char* arguments :
         {"credential, --profile, dev", "oidc-login, get-token", "eks, get-token, --output, json"})
        EXPECT_EQ(redacted(with_arguments(arguments)), with_arguments(arguments));
}

TEST(Redaction, HidesCommentsThatSpeakOfSecretsOrLookLikeOne) {
    for (const char* comment :
         {"# token: CANARY", "# the password is CANARY", "# old key CANARY", "#CANARY secret",
          "# CANARY0123456789abcdefgh", "# CANARY0123456789abcd", "# AUTH CANARY"})
        EXPECT_EQ(redacted("kind: Config " + std::string(comment) + "\n").find("CANARY"),
                  std::string::npos)
            << comment;
    EXPECT_EQ(redacted("kind: Config # of the lab\n"), "kind: Config # of the lab\n");
}

TEST(Redaction, HidesAnchorsWhereverTheyStand) {
    for (const char* place :
         {"preferences: {x: &a CANARY}\n", "extensions:\n- {name: x, extension: &a CANARY}\n",
          "contexts:\n- {name: &a CANARY, context: {}}\n",
          "clusters:\n- name: c\n  cluster: {server: &a CANARY}\n",
          "contexts: [{name: c, context: {cluster: &a {x: CANARY}}}]\n", "x-own: &a CANARY\n"})
        EXPECT_EQ(redacted(std::string(place) + "users:\n- {name: u, user: {token: *a}}\n")
                      .find("CANARY"),
                  std::string::npos)
            << place;
}

TEST(Redaction, HidesWhatHasNotTheFormThatItShouldHave) {
    for (const char* users :
         {"{u: {token: CANARY}}",
          "CANARY",
          "[CANARY]",
          "[[CANARY]]",
          "[{name: u, user: CANARY}]",
          "[{name: u, user: [CANARY]}]",
          "[{name: u, user: [{env: [{value: CANARY}]}]}]",
          "[{name: {x: CANARY}, user: {}}]",
          "[{name: u, user: {username: {x: CANARY}}}]",
          "[{name: u, user: {username: [CANARY]}}]",
          "[{name: u, user: {exec: CANARY}}]",
          "[{name: u, user: {exec: [CANARY]}}]",
          "[{name: u, user: {exec: {command: [CANARY]}}}]",
          "[{name: u, user: {exec: {env: {X: CANARY}}}}]",
          "[{name: u, user: {exec: {env: [CANARY]}}}]",
          "[{name: u, user: {exec: {env: CANARY}}}]",
          "[{name: u, user: {exec: {env: [{name: [CANARY]}]}}}]",
          "[{name: u, user: {exec: {args: CANARY}}}]",
          "[{name: u, user: {exec: {args: {x: CANARY}}}}]",
          "[{name: u, user: {exec: {args: [[CANARY]]}}}]",
          "[{name: u, user: {auth-provider: [CANARY]}}]",
          "[{name: u, user: {auth-provider: {name: {x: CANARY}}}}]",
          "[{name: u, user: {extensions: [{name: x, extension: {token: CANARY}}]}}]"})
        EXPECT_EQ(redacted("users: " + std::string(users) + "\n").find("CANARY"), std::string::npos)
            << users;
}

TEST(Redaction, AnEntryWithoutWhatItIsForIsShownOrHidden) {
    for (const char* list : {"clusters", "users", "contexts"})
        EXPECT_EQ(redacted(std::string(list) + ":\n- name: bare\n"),
                  std::string(list) + ":\n- name: bare\n");
}

TEST(Redaction, HidesWhatOthersKeepInClustersAndExtensions) {
    for (const char* text :
         {"clusters:\n- name: c\n  cluster: {server: \"https://u:CANARY@h\"}\n",
          "clusters:\n- name: c\n  cluster: {proxy-url: \"http://u:CANARY@h\"}\n",
          "clusters:\n- name: c\n  cluster: {own-field: CANARY}\n",
          "extensions:\n- name: x\n  extension: {api-key: CANARY}\n"})
        EXPECT_EQ(redacted(text).find("CANARY"), std::string::npos) << text;
    const std::string usual = "clusters:\n- name: c\n  cluster: {server: \"https://h\", "
                              "certificate-authority-data: QUJD}\n";
    EXPECT_EQ(redacted(usual), usual);
}

} // namespace
} // namespace leasehold::kubeconfig
