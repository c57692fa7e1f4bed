#include "src/base/json.hpp"
#include "src/lease/kubernetes/api/token_request.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

const TokenWish usual_wish{"ci", "deployer", {}, Seconds(3600), ""};

http::Response answer(const std::string& token, const std::string& end = "1970-01-12T14:46:40Z") {
    http::Response response;
    response.status = 201;
    response.headers = {{"Date", "Mon, 12 Jan 1970 13:46:40 GMT"}};
    response.body = R"({"kind":"TokenRequest","status":{"token":")" + token +
                    R"(","expirationTimestamp":")" + end + R"("}})";
    return response;
}

TEST(TokenRequest, AsksForWhatIsWished) {
    TokenWish wish = usual_wish;
    wish.audiences = {"vault", "x"};
    const http::Request request = token_request(wish);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/api/v1/namespaces/ci/serviceaccounts/deployer/token");
    const auto body = parse_json(request.body.reveal());
    ASSERT_TRUE(body);
    EXPECT_EQ(json_integer(*body, {"spec", "expirationSeconds"}), 3600);
    EXPECT_EQ(json_find(*body, {"spec", "audiences"})->as_array().size(), 2u);
}

TEST(TokenRequest, LeavesAudiencesToTheServer) {
    const auto body = parse_json(token_request(usual_wish).body.reveal());
    EXPECT_EQ(json_find(*body, {"spec", "audiences"}), nullptr);
}

TEST(TokenRequest, NeverAsksForTheKubeletsOwnNumber) {
    TokenWish wish = usual_wish;
    wish.ttl = Seconds(3607);
    const auto body = parse_json(token_request(wish).body.reveal());
    EXPECT_EQ(json_integer(*body, {"spec", "expirationSeconds"}), 3606);
}

TEST(TokenRequest, TimesTheLeaseByTheLocalClock) {
    // The server's clock says 1000000; ours is an hour behind.
    const auto lease = read_token_answer(answer(make_token(usual_claims())), usual_wish, 996400);
    ASSERT_TRUE(lease) << lease.error().message;
    EXPECT_EQ(lease->life, Seconds(3600));
    EXPECT_EQ(lease->expires, 1000000);
    EXPECT_EQ(lease->clock_skew, Seconds(3600));
    EXPECT_EQ(lease->credential_id, "4d6f");
}

// Token, expirationTimestamp and our clock agree: the Date is a load balancer's.
TEST(TokenRequest, ADateThatIsOffCostsNothing) {
    for (const char* date : {"Mon, 12 Jan 1970 13:41:40 GMT", "Mon, 12 Jan 1970 15:46:40 GMT",
                             "Sun, 06 Nov 1994 08:49:37 GMT", "soon"}) {
        http::Response response = answer(make_token(usual_claims()));
        response.headers = {{"Date", date}};
        const auto lease = read_token_answer(response, usual_wish, 1000000);
        ASSERT_TRUE(lease) << date << ": " << lease.error().message;
        EXPECT_EQ(lease->life, Seconds(3600)) << date;
        EXPECT_EQ(lease->clock_skew, Seconds(0)) << date;
    }
    // Both are off: the token's own time is that of its issuer.
    http::Response response = answer(make_token(usual_claims()));
    response.headers = {{"Date", "Mon, 12 Jan 1970 13:41:40 GMT"}};
    EXPECT_EQ(read_token_answer(response, usual_wish, 999700)->life, Seconds(3600));
}

// An answer out of a cache: server and we agree that it is half an hour later.
TEST(TokenRequest, AnOldTokenHasWhatIsLeftOfIt) {
    http::Response response = answer(make_token(usual_claims()));
    response.headers = {{"Date", "Mon, 12 Jan 1970 14:16:40 GMT"}};
    EXPECT_EQ(read_token_answer(response, usual_wish, 1001800)->life, Seconds(1800));
}

TEST(TokenRequest, SaysWhatCameInsteadOfAnAnswer) {
    http::Response page = answer("");
    page.body = "<!DOCTYPE html><html><head><title>Sign in\x1b to continue</title></head></html>";
    page.headers.push_back({"Content-Type", "text/html; charset=utf-8"});
    const auto lease = read_token_answer(page, usual_wish, 1000000);
    ASSERT_FALSE(lease);
    EXPECT_NE(lease.error().message.find("a web page (HTML), \"Sign in\\x1b to continue\""),
              std::string::npos)
        << lease.error().message;
}

TEST(TokenRequest, TakesTheEarliestEnd) {
    const auto by_status = read_token_answer(
        answer(make_token(usual_claims()), "1970-01-12T14:16:40Z"), usual_wish, 1000000);
    ASSERT_TRUE(by_status);
    EXPECT_EQ(by_status->life, Seconds(1800));
    const auto by_claim = read_token_answer(
        answer(make_token(replaced(usual_claims(), "1003600", "1000900"))), usual_wish, 1000000);
    ASSERT_TRUE(by_claim);
    EXPECT_EQ(by_claim->life, Seconds(900));
}

TEST(TokenRequest, RefusesUnusableAnswers) {
    const std::string good = make_token(usual_claims());
    http::Response garbage = answer(good);
    garbage.body = "<html>";
    http::Response empty = answer(good);
    empty.body = "{}";
    const http::Response answers[] = {garbage,
                                      empty,
                                      answer(""),
                                      answer("a\\nb"),
                                      answer(good, "soon"),
                                      answer(good, "1970-01-12T13:46:40Z"),
                                      answer(make_token(replaced(usual_claims(), ":ci:", ":x:")))};
    for (const http::Response& response : answers) {
        const auto lease = read_token_answer(response, usual_wish, 1000000);
        ASSERT_FALSE(lease) << response.body.substr(0, 80);
        EXPECT_EQ(lease.error().code, ErrorCode::bad_answer);
    }
}

TEST(TokenRequest, KeepsWarningsSafeToShow) {
    http::Response response = answer(make_token(usual_claims()));
    response.headers.push_back(
        {"warning", "299 - \"requested expiration of 9000 seconds shortened\x1b\""});
    const auto lease = read_token_answer(response, usual_wish, 1000000);
    ASSERT_TRUE(lease);
    ASSERT_EQ(lease->warnings.size(), 1u);
    EXPECT_EQ(lease->warnings[0].find('\x1b'), std::string::npos);
}

} // namespace
} // namespace leasehold::lease
