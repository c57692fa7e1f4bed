#include "src/http/json_body.hpp"

#include <gtest/gtest.h>

namespace leasehold::http {
namespace {

bool is_read(const char* type) {
    Response response{200, {}, R"({"a":1})"};
    if (type != nullptr)
        response.headers.push_back({"content-type", type});
    return bool(json_body(response));
}

// NET-14
TEST(JsonBody, IsReadWhereTheAnswerSaysSoOrNothing) {
    for (const char* type :
         {static_cast<const char*>(nullptr), "application/json", "application/json; charset=utf-8",
          "Application/JSON ;x=y", "application/problem+json"})
        EXPECT_TRUE(is_read(type)) << (type == nullptr ? "nothing" : type);
}

TEST(JsonBody, IsNotGuessedBehindAnythingElse) {
    for (const char* type : {"text/html", "text/plain; charset=utf-8", "application/jsonp",
                             "application/vnd.kubernetes.protobuf", "application/yaml", "json"})
        EXPECT_FALSE(is_read(type)) << type;
    const Response hostile{200, {{"Content-Type", "text/\x1b[2J"}}, "{}"};
    EXPECT_EQ(json_body(hostile).error().message.find('\x1b'), std::string::npos);
}

} // namespace
} // namespace leasehold::http
