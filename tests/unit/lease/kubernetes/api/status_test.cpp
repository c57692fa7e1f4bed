#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/status.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

const KubernetesAction action{"create", "serviceaccounts/token", "ci", "deployer"};

http::Response status(int code, std::string body = R"({"kind":"Status"})",
                      std::vector<http::Header> headers = {}) {
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
    const Error error = status_error(
        status(403, R"({"kind":"Status","message":"no\u001b[31m\nsecond line"})"), action);
    EXPECT_NE(error.message.find("the server says: no\\x1b[31m..."), std::string::npos)
        << error.message;
}

std::string status_body(const std::string& message, const std::string& kind = "") {
    return R"({"kind":"Status","message":")" + message + R"(","details":{"kind":")" + kind + "\"}}";
}

TEST(KubernetesStatus, WhatIsNotTheApiIsNamed) {
    const auto told = [](int code, std::string body, std::string type = "text/plain") {
        return status_error(status(code, std::move(body), {{"Content-Type", std::move(type)}}),
                            action);
    };
    const Error text = told(404, "404 page not found\n");
    EXPECT_NE(text.message.find("404 with the text \"404 page not found\""), std::string::npos)
        << text.message;
    EXPECT_EQ(text.hint.find("create serviceaccount"), std::string::npos);
    EXPECT_NE(told(404, R"({"message":"no Route matched"})").message.find("no Route matched"),
              std::string::npos);
    EXPECT_NE(told(404, "").message.find("404 with nothing"), std::string::npos);
    const Error page = told(403, "<html><title>Access denied</title></html>", "text/html");
    EXPECT_EQ(page.code, ErrorCode::denied);
    EXPECT_NE(page.message.find("a web page (HTML), \"Access denied\""), std::string::npos);
    EXPECT_EQ(page.hint.find("administrator can allow"), std::string::npos);
    const Error gateway = told(502, "<html><title>502 Bad Gateway</title></html>", "text/html");
    EXPECT_EQ(gateway.code, ErrorCode::unreachable);
    EXPECT_NE(gateway.message.find("502 Bad Gateway"), std::string::npos);
}

TEST(KubernetesStatus, AdviceIsOfWhatTheServerSays) {
    struct Case {
        int status;
        std::string body;
        std::string_view message;
        std::string_view hint;
    };
    const Case cases[] = {
        {404, status_body(R"(namespaces \"ci\" not found)", "namespaces"), "no namespace \"ci\"",
         "create namespace ci"},
        {404, status_body(R"(serviceaccounts \"deployer\" not found)", "serviceaccounts"),
         "no \"deployer\"", "create serviceaccount deployer"},
        {404, status_body("the server could not find the requested resource"), "does not know how",
         "older"},
        {403, status_body(R"(User \"system:anonymous\" cannot create resource \"x\")"),
         "system:anonymous", "Authorization header"},
        {403, status_body(R"(x is forbidden: exceeded quota: q, requested: secrets=1)"),
         "a quota does not allow", "describe quota --namespace ci"},
        {403, status_body(R"(admission webhook \"k\" denied the request: no)"),
         "a policy of the cluster", "its own words"},
        {403,
         status_body("unable to create new content in namespace ci because it is being "
                     "terminated"),
         "is being deleted", "another namespace"},
        {403, status_body(R"(x is forbidden: User \"u\" cannot create resource \"x\")"),
         "the requester may not", "administrator can allow"},
        {500, status_body(R"(Internal error occurred: failed calling webhook \"w\": no endpoints)"),
         "a webhook of the cluster fails", "validatingwebhookconfigurations"}};
    for (const Case& test : cases) {
        const Error error = status_error(status(test.status, test.body), action);
        EXPECT_NE(error.message.find(test.message), std::string::npos) << error.message;
        EXPECT_NE(error.message.find("the server says: "), std::string::npos) << error.message;
        EXPECT_NE(error.hint.find(test.hint), std::string::npos) << error.hint;
    }
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
