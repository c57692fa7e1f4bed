#include "src/lease/infisical/wire/refusal.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::infisical {
namespace {

http::Response response(int status, std::string body, std::vector<http::Header> headers = {}) {
    http::Response answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.headers = std::move(headers);
    return answer;
}

std::string body(const std::string& kind, const std::string& message = "why") {
    return R"({"reqId":"req-1","statusCode":0,"message":")" + message + R"(","error":")" + kind +
           R"("})";
}

struct Row {
    int status;
    const char* kind;
    ErrorCode code;
};

// The contract's table of errors, 6.1.
TEST(InfisicalRefusal, HasACodeForEachOfTheTable) {
    const Row table[] = {{400, "BadRequest", ErrorCode::denied},
                         {401, "UnauthorizedError", ErrorCode::denied},
                         {403, "TokenError", ErrorCode::denied},
                         {403, "PermissionDenied", ErrorCode::denied},
                         {403, "ForbiddenError", ErrorCode::denied},
                         {403, "PermissionBoundaryError", ErrorCode::denied},
                         {404, "NotFound", ErrorCode::configuration},
                         {409, "Conflict", ErrorCode::denied},
                         {422, "ValidationFailure", ErrorCode::configuration},
                         {429, "RateLimitExceeded", ErrorCode::unreachable},
                         {500, "InternalServerError", ErrorCode::unreachable},
                         {500, "DatabaseError", ErrorCode::unreachable},
                         {504, "GatewayTimeoutError", ErrorCode::timed_out},
                         {418, "Teapot", ErrorCode::bad_answer}};
    for (const Row& row : table) {
        const Error error =
            refusal_error(read_refusal(response(row.status, body(row.kind))), "lease it");
        EXPECT_EQ(error.code, row.code) << row.kind;
        EXPECT_NE(error.message.find("cannot lease it"), std::string::npos);
        EXPECT_NE(error.message.find(row.kind), std::string::npos);
        EXPECT_NE(error.message.find("request req-1"), std::string::npos);
        EXPECT_NE(error.message.find("the server says: why"), std::string::npos);
    }
}

TEST(InfisicalRefusal, OnlyASessionThatIsRefusedLeadsToALogin) {
    const auto refused = [](int status, const char* kind) {
        return session_refused(read_refusal(response(status, body(kind))));
    };
    EXPECT_TRUE(refused(401, "UnauthorizedError"));
    EXPECT_TRUE(refused(403, "TokenError"));
    EXPECT_FALSE(refused(403, "PermissionDenied"));
    EXPECT_FALSE(refused(400, "TokenError"));
    EXPECT_FALSE(session_refused(read_refusal(response(401, "<html>"))));
}

TEST(InfisicalRefusal, NamesTheMissingPermission) {
    const auto refusal = read_refusal(response(
        403, R"({"reqId":"r","message":"You are not allowed","error":"PermissionDenied",)"
             R"("details":[{"action":"lease","inverted":false,"subject":"dynamic-secrets"}]})"));
    ASSERT_EQ(refusal.denied.size(), 1u);
    EXPECT_NE(refusal_error(refusal, "x").hint.find(R"("lease" on "dynamic-secrets")"),
              std::string::npos);
}

TEST(InfisicalRefusal, ReadsTheIssuesOfAValidationFailure) {
    const auto refusal = read_refusal(response(
        422, R"({"message":[{"path":["a","b"],"message":"Required"},{"path":[],"message":"Bad"}],)"
             R"("error":"ValidationFailure"})"));
    EXPECT_EQ(refusal.message, "a.b: Required; Bad");
    EXPECT_TRUE(read_refusal(response(422, R"({"message":[]})")).readable);
}

TEST(InfisicalRefusal, FindsTheWait) {
    const auto wait = [](const std::string& message, std::vector<http::Header> headers) {
        return read_refusal(response(429, body("RateLimitExceeded", message), std::move(headers)))
            .wait;
    };
    EXPECT_EQ(wait("Please try again in 7 seconds", {}), Seconds(7));
    EXPECT_EQ(wait("", {{"Retry-After", "3"}}), Seconds(3));
    EXPECT_FALSE(wait("Failed to acquire lock: rate limit exceeded", {}));
    EXPECT_FALSE(wait("try again in a moment", {{"Retry-After", "soon"}}));
}

TEST(InfisicalRefusal, APageIsNoAnswerOfInfisicals) {
    const auto code = [](int status, const char* text) {
        return refusal_error(read_refusal(response(status, text)), "x").code;
    };
    EXPECT_EQ(code(502, "<html>"), ErrorCode::unreachable);
    EXPECT_EQ(code(504, ""), ErrorCode::timed_out);
    EXPECT_EQ(code(404, "<html>"), ErrorCode::bad_answer);
    EXPECT_EQ(code(403, R"({"a":1})"), ErrorCode::bad_answer);
    EXPECT_EQ(code(400, R"([1])"), ErrorCode::bad_answer);
}

TEST(InfisicalRefusal, HintsByTheServersWords) {
    const std::pair<const char*, const char*> table[] = {
        {"Failed to create lease due to plan restriction", "licence"},
        {"Max lease limit reached. Limit: 5", "lease revoke"},
        {"may not specify a duration less than 10 minutes", "11m"},
        {"TTL cannot be larger than max TTL", "ask for less"},
        {"Namespace x is not allowed. Allowed namespace: y.", "infisical.namespace"},
        {"serviceaccounts x already exists", "random part"},
        {"serviceaccounts is forbidden: User", "rights"}};
    for (const auto& [words, hint] : table)
        EXPECT_NE(refusal_error(read_refusal(response(400, body("BadRequest", words))), "x")
                      .hint.find(hint),
                  std::string::npos)
            << words;
}

TEST(InfisicalRefusal, AnIdIsNoSlug) {
    const auto hint_of = [](const char* words) {
        return refusal_error(read_refusal(response(404, body("NotFound", words))), "x").hint;
    };
    EXPECT_NE(hint_of("Project with slug '7c2f' not found").find("not its id"), std::string::npos);
    EXPECT_EQ(hint_of("Folder with path '/x' not found").find("not its id"), std::string::npos);
}

TEST(InfisicalRefusal, ServersTextIsMadeSafe) {
    const auto refusal = read_refusal(
        response(400, R"({"message":"a\u001b[31mb","error":"\u202e","reqId":"\u0007"})"));
    for (const std::string& text : {refusal.message, refusal.kind, refusal.request_id})
        EXPECT_EQ(text.find_first_of("\x1b\x07"), std::string::npos);
}

} // namespace
} // namespace leasehold::lease::infisical
