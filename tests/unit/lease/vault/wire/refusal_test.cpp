// What each refusal means: message, hint and exit code.
#include "src/lease/vault/wire/refusal.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace leasehold::lease::vault {
namespace {

http::Response response(int status, const std::string& body) {
    http::Response answer;
    answer.status = status;
    answer.body = body;
    return answer;
}

Error error_of(Doing doing, int status, const std::string& text) {
    return refusal_error(read_refusal(response(status, R"({"errors":[")" + text + R"("]})")), doing,
                         "do it");
}

constexpr ErrorCode wrong = ErrorCode::configuration;
constexpr ErrorCode no = ErrorCode::denied;
constexpr ErrorCode away = ErrorCode::unreachable;
constexpr ErrorCode bad = ErrorCode::bad_answer;

struct Case {
    Doing doing;
    int status;
    std::string text;
    ErrorCode code;
    std::string hint; // a part of it
};

// As OpenBao 2.7 and Vault 1.14 say it.
const std::vector<Case>& cases() {
    static const std::string no_leader = "local node not active but active cluster node not found";
    static const std::string cluster =
        R"(1 error occurred:\n\t* failed to create a service account token for ci/x: )";
    static const std::vector<Case> all{
        {Doing::leasing, 400, "role 'nope' does not exist", wrong, "--role"},
        {Doing::leasing, 400, "kubernetes_namespace 'dev' is not present in role's allowed_x",
         wrong, "--namespace"},
        {Doing::leasing, 400, "a ClusterRoleBinding cannot ref a Role", wrong,
         "cluster-role-binding"},
        {Doing::leasing, 400, "Secret cannot be returned; token had one use left, so", no,
         "token_num_uses 0"},
        {Doing::leasing, 400, "something new", wrong, "profile"},
        {Doing::leasing, 500,
         R"(1 error occurred:\n\t* error verifying namespace: 'kubernetes_namespace' is required)",
         wrong, "--namespace"},
        {Doing::leasing, 500, R"(1 error occurred:\n\t* could not load backend configuration\n\n)",
         no, "config"},
        {Doing::leasing, 500, cluster + "dial tcp 127.0.0.1:1: connect: connection refused", away,
         "kubernetes_host"},
        {Doing::leasing, 500, cluster + "net/http: TLS handshake timeout", away, "kubernetes_host"},
        {Doing::leasing, 500, cluster + "tls: failed: x509: certificate signed by unknown", away,
         "CA"},
        {Doing::leasing, 500, cluster + "Unauthorized", no, "service_account_jwt"},
        {Doing::leasing, 500, cluster + R"(serviceaccounts \"x\" not found)", no, "role"},
        {Doing::leasing, 500, R"(1 error occurred:\n\t* roles already exists\n\n)", no,
         "name_template"},
        {Doing::leasing, 500, "internal error", away, "try again"},
        {Doing::leasing, 500, no_leader, away, "choose one within seconds"},
        {Doing::logging_in, 500, no_leader, away, "choose one within seconds"},
        {Doing::leasing, 403, "permission denied", no, ""},
        {Doing::leasing, 404, "no handler for route", wrong, "--mount"},
        {Doing::leasing, 404, "namespace not found", wrong, "--vault-namespace"},
        {Doing::leasing, 405, "unsupported operation", bad, ""},
        {Doing::leasing, 412, "missing header", away, "try again"},
        {Doing::leasing, 413, "too large", bad, ""},
        {Doing::leasing, 429, "rate limit quota exceeded", away, "a few seconds"},
        {Doing::leasing, 503, "Vault is sealed", away, "unseal"},
        {Doing::leasing, 502, "third party", away, ""},
        {Doing::logging_in, 400, "invalid role or secret ID", no, ""},
        {Doing::logging_in, 400, R"(error connecting to host \"ldap://d\": LDAP Result Code 200 )",
         away, "directory"},
        {Doing::logging_in, 400, "ldap operation failed: failed to bind as user", no, ""},
        {Doing::logging_in, 500, "Post: dial tcp 127.0.0.1:1: connect: refused", away, "cluster"},
        {Doing::logging_in, 403, "permission denied", no, "15 minutes"},
        {Doing::logging_in, 500, "missing role_id", wrong, "auth"},
        {Doing::logging_in, 400,
         "error making upstream request: error making request: Post: dial tcp: i/o timeout", away,
         "reaches the directory"},
        {Doing::logging_in, 400,
         "error making upstream request: received error code 403 from STS: <E>", no, ""},
        {Doing::logging_in, 500, "Get: dial tcp 10.0.0.1:443: i/o timeout", away, "cloud"},
        {Doing::logging_in, 500, "oidc: expected audience x got y", no, ""},
        {Doing::logging_in, 500, "subscription not authorized", no, ""},
        {Doing::logging_in, 500, "whatever", away, "try again"},
        {Doing::unwrapping, 400, "wrapping token is not valid or does not exist", no,
         "someone else did"},
        {Doing::revoking, 400, "failed to revoke entry: x", away, "try again later"},
        {Doing::revoking, 403, "permission denied", no, ""},
        {Doing::asking, 500, "whatever", away, "try again"},
    };
    return all;
}

TEST(VaultRefusal, EachMeansWhatTheTableSays) {
    for (const Case& one : cases()) {
        const Error error = error_of(one.doing, one.status, one.text);
        EXPECT_EQ(error.code, one.code) << one.status << ' ' << one.text;
        EXPECT_NE(error.hint.find(one.hint), std::string::npos) << one.text << ": " << error.hint;
        EXPECT_TRUE(error.message.starts_with("cannot do it: ")) << error.message;
        EXPECT_NE(error.message.find(std::to_string(one.status)), std::string::npos);
        EXPECT_NE(error.message.find("the server says: "), std::string::npos);
        EXPECT_EQ(error.message.find('\n'), std::string::npos);
    }
}

TEST(VaultRefusal, ListsOfErrorsBecomeOneLine) {
    const auto says = [](const std::string& text) {
        return read_refusal(response(500, R"({"errors":[")" + text + R"("]})")).message;
    };
    EXPECT_EQ(says(R"(1 error occurred:\n\t* a\n\n)"), "a");
    EXPECT_EQ(says(R"(2 errors occurred:\n\t* a\n\t* b\n\n)"), "a; b");
    EXPECT_EQ(says(R"(at x: 1 error occurred:\n\t* a\n\n)"), "at x: a");
    EXPECT_EQ(says("plain"), "plain");
}

TEST(VaultRefusal, APolicysIsKnownByItsForm) {
    const auto by_policy = [](const std::string& text) {
        return read_refusal(response(403, R"({"errors":[")" + text + R"("]})")).by_policy;
    };
    EXPECT_TRUE(by_policy(R"(1 error occurred:\n\t* permission denied\n\n)"));
    EXPECT_FALSE(by_policy("permission denied"));
    EXPECT_FALSE(by_policy(R"(2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n)"));
}

TEST(VaultRefusal, WhatIsNotTheServersIsSaidToBeSo) {
    EXPECT_EQ(refusal_error(read_refusal(response(200, "<html>")), Doing::leasing, "x").code, bad);
    EXPECT_EQ(refusal_error(read_refusal(response(502, "<html>")), Doing::leasing, "x").code, away);
    EXPECT_EQ(refusal_error(read_refusal(response(504, "")), Doing::leasing, "x").code,
              ErrorCode::timed_out);
}

TEST(VaultRefusal, TextOfTheServersIsMadeSafe) {
    const Error error = error_of(Doing::leasing, 500, R"(\u001b[31mred\u202e)");
    EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
    EXPECT_NE(error.message.find("\\x1b[31mred\\u{202e}"), std::string::npos) << error.message;
    EXPECT_LT(error_of(Doing::leasing, 500, std::string(9000, 'x')).message.size(), 600u);
}

TEST(VaultRefusal, AWaitIsTold) {
    http::Response limited = response(429, R"({"errors":["rate limit quota exceeded"]})");
    limited.headers.push_back({"Retry-After", "19"});
    const Error error = refusal_error(read_refusal(limited), Doing::leasing, "x");
    EXPECT_EQ(error.retry_after, 19);
    EXPECT_EQ(error.hint, "try again in 19 s");
}

} // namespace
} // namespace leasehold::lease::vault
