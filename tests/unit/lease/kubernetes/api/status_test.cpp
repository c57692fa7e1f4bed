#include "src/lease/kubernetes/api/status.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

const KubernetesAction action{"create", "serviceaccounts/token", "ci", "deployer"};

http::Response status(int code, std::string body = "{}", std::vector<http::Header> headers = {}) {
    http::Response response;
    response.status = code;
    response.headers = std::move(headers);
    response.body = std::move(body);
    return response;
}

TEST(KubernetesStatus, EachFailureHasItsCodeAndWords) {
    struct Case {
        int status;
        ErrorCode code;
        std::string_view words;
    };
    const Case cases[] = {{401, ErrorCode::denied, "requester"},
                          {403, ErrorCode::denied, "serviceaccounts/token"},
                          {404, ErrorCode::configuration, "no \"deployer\""},
                          {422, ErrorCode::bad_answer, "422"},
                          {429, ErrorCode::unreachable, "busy"},
                          {500, ErrorCode::unreachable, "500"},
                          {503, ErrorCode::unreachable, "503"}};
    for (const Case& test : cases) {
        const Error error = status_error(status(test.status), action);
        EXPECT_EQ(error.code, test.code) << test.status;
        EXPECT_NE(error.message.find(test.words), std::string::npos) << error.message;
    }
}

TEST(KubernetesStatus, ServerTextIsMarkedAndEscaped) {
    const Error error =
        status_error(status(403, R"({"message":"no\u001b[31m\nsecond line"})"), action);
    EXPECT_NE(error.message.find("the server says: no\\x1b[31m..."), std::string::npos)
        << error.message;
}

TEST(KubernetesStatus, AnOverloadedServersWishIsInTheError) {
    for (const int code : {429, 500, 503}) {
        const auto error = status_error(status(code, "", {{"Retry-After", "20"}}), {});
        EXPECT_EQ(error.retry_after, 20) << code;
        EXPECT_EQ(status_error(status(code, "", {}), {}).retry_after, 0) << code;
    }
}

TEST(KubernetesStatus, RetryAfterIsReadAndCapped) {
    const auto wait = [](std::vector<http::Header> headers, std::string body = "{}") {
        return read_status(status(429, std::move(body), std::move(headers))).retry_after;
    };
    EXPECT_EQ(wait({{"retry-after", "7"}}), Seconds(7));
    EXPECT_EQ(wait({{"Retry-After", "1000000000"}}), Seconds(60));
    EXPECT_EQ(wait({{"Retry-After", "-5"}}), Seconds(0));
    EXPECT_EQ(wait({{"Retry-After", "soon"}}), std::nullopt);
    EXPECT_EQ(wait({}, R"({"details":{"retryAfterSeconds":3}})"), Seconds(3));
    EXPECT_EQ(wait({{"Retry-After", "Mon, 12 Jan 1970 13:46:50 GMT"},
                    {"Date", "Mon, 12 Jan 1970 13:46:40 GMT"}}),
              Seconds(10));
}

} // namespace
} // namespace leasehold::lease
