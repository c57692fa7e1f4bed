#include "src/lease/terms/jwt.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/base/secret.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease {
namespace {

constexpr std::size_t longest_token = 16 * 1024;
constexpr std::int64_t leeway = 60;                // seconds, as the API server's own
constexpr std::int64_t latest_time = 253402300799; // 9999-12-31T23:59:59Z

Error bad_token(std::string why) {
    return make_error(ErrorCode::bad_answer, "the token that the server answered " + std::move(why),
                      "nothing was cached; look at what stands between here and the server");
}

bool is_known_algorithm(std::string_view name) {
    constexpr std::array<std::string_view, 10> known = {
        "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"};
    return std::find(known.begin(), known.end(), name) != known.end();
}

Result<boost::json::value> read_part(std::string_view part, std::string_view what) {
    std::optional<std::string> text = base64url_decode(part);
    if (!text)
        return bad_token("has a " + std::string(what) + " that is not base64url");
    auto value = parse_json(*text, {.bytes = longest_token, .depth = 32, .members = longest_token});
    wipe(*text);
    if (!value || !value->is_object())
        return bad_token("has a " + std::string(what) + " that is not a JSON object");
    return std::move(value).value();
}

// A number of seconds, whole or (RFC 7519, section 2) with a fraction, which is dropped.
std::optional<std::int64_t> whole_seconds(const boost::json::value& value) {
    if (value.is_int64())
        return value.get_int64();
    // Not beyond what a double tells apart.
    if (value.is_double() && value.get_double() > 0 && value.get_double() < 1e15)
        return static_cast<std::int64_t>(value.get_double());
    return std::nullopt;
}

// A time claim: absent, or a time within sense.
Result<std::optional<std::int64_t>> read_time(const boost::json::value& claims,
                                              std::string_view name) {
    const boost::json::value* value = json_find(claims, {name});
    if (value == nullptr)
        return std::optional<std::int64_t>();
    const auto time = whole_seconds(*value);
    if (!time || *time <= 0 || *time > latest_time)
        return bad_token("has a claim " + quoted(name) + " that is no usable time");
    return time;
}

// `aud` is a string or an array of strings (RFC 7519, section 4.1.3).
Result<std::vector<std::string>> read_audiences(const boost::json::value& claims) {
    const boost::json::value* value = json_find(claims, {"aud"});
    std::vector<std::string> audiences;
    if (value == nullptr)
        return audiences;
    if (value->is_string())
        return std::vector<std::string>{std::string(value->get_string())};
    if (!value->is_array())
        return bad_token("has a claim \"aud\" that is neither text nor a list");
    for (const boost::json::value& item : value->get_array()) {
        if (!item.is_string())
            return bad_token("has an audience that is no text");
        audiences.emplace_back(item.get_string());
    }
    return audiences;
}

std::string text_of(const boost::json::value& value, std::initializer_list<std::string_view> path) {
    return std::string(json_string(value, path).value_or(""));
}

Result<void> check_identity(const Claims& claims, const TokenExpectation& expected) {
    const std::string subject =
        "system:serviceaccount:" + expected.namespace_ + ':' + expected.service_account;
    if (claims.subject != subject)
        return bad_token("is for " + quoted(claims.subject) + ", not for " + quoted(subject));
    if (claims.namespace_ != expected.namespace_)
        return bad_token("names namespace " + quoted(claims.namespace_) + ", not " +
                         quoted(expected.namespace_));
    if (claims.service_account != expected.service_account)
        return bad_token("names service account " + quoted(claims.service_account) + ", not " +
                         quoted(expected.service_account));
    if (!expected.account_uid.empty() && claims.account_uid != expected.account_uid)
        return bad_token("is for another service account of this name");
    if (!expected.secret_uid.empty() && claims.secret_uid != expected.secret_uid)
        return bad_token("is not bound to the lease's Secret, so that it could not be revoked");
    for (const std::string& audience : expected.audiences)
        if (std::find(claims.audiences.begin(), claims.audiences.end(), audience) ==
            claims.audiences.end())
            return bad_token("lacks the audience " + quoted(audience));
    if (!expected.issuer.empty() && claims.issuer != expected.issuer)
        return make_error(ErrorCode::bad_answer,
                          "the token that the server answered was issued by " +
                              quoted(claims.issuer) + ", not by " + quoted(expected.issuer),
                          "if the cluster's issuer was changed on purpose, remove its file below "
                          "the state directory's issuers/ (or 'issuer' of the profile), then try "
                          "again");
    return {};
}

Result<void> check_times(const Claims& claims, const TokenExpectation& expected) {
    const std::int64_t now = expected.server_now;
    if (claims.expires <= now)
        return bad_token("has expired already");
    if (claims.issued && *claims.issued > now + leeway)
        return bad_token("was issued in the future");
    if (claims.not_before && *claims.not_before > now + leeway)
        return bad_token("is not valid yet");
    const std::int64_t life = claims.expires - claims.issued.value_or(now);
    if (life <= 0)
        return bad_token("ends before it begins");
    if (life > expected.ttl.count() * 3 / 2 + leeway)
        return bad_token("lives for " + std::to_string(life) + " s, much longer than the " +
                         std::to_string(expected.ttl.count()) + " s that were asked for");
    return {};
}

// What is shown, logged and compared: an API server writes nothing else.
Result<void> check_printable(const Claims& claims) {
    const auto is_printable = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    };
    for (const std::string* text :
         {&claims.subject, &claims.issuer, &claims.id, &claims.namespace_, &claims.service_account,
          &claims.account_uid, &claims.secret_uid})
        if (!is_printable(*text))
            return bad_token("has a claim that is not printable ASCII: " + quoted(*text));
    if (claims.issuer.size() > longest_issuer)
        return bad_token("has an issuer of " + std::to_string(claims.issuer.size()) + " bytes");
    for (const std::string& audience : claims.audiences)
        if (!is_printable(audience))
            return bad_token("has an audience that is not printable ASCII: " + quoted(audience));
    return {};
}

} // namespace

Result<Claims> read_claims(std::string_view token) {
    if (token.size() > longest_token)
        return bad_token("is longer than 16 KiB");
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return bad_token("is no JWT of three parts");
    if (second + 1 == token.size() || !base64url_decode(token.substr(second + 1)))
        return bad_token("has no usable signature");
    LEASEHOLD_TRY_ASSIGN(const auto header, read_part(token.substr(0, first), "header"));
    if (!is_known_algorithm(text_of(header, {"alg"})))
        return bad_token("is not signed with an algorithm that API servers use");
    LEASEHOLD_TRY_ASSIGN(const auto body,
                         read_part(token.substr(first + 1, second - first - 1), "body"));
    Claims claims;
    claims.subject = text_of(body, {"sub"});
    claims.issuer = text_of(body, {"iss"});
    claims.id = text_of(body, {"jti"});
    claims.namespace_ = text_of(body, {"kubernetes.io", "namespace"});
    claims.service_account = text_of(body, {"kubernetes.io", "serviceaccount", "name"});
    claims.account_uid = text_of(body, {"kubernetes.io", "serviceaccount", "uid"});
    claims.secret_uid = text_of(body, {"kubernetes.io", "secret", "uid"});
    LEASEHOLD_TRY_ASSIGN(claims.audiences, read_audiences(body));
    LEASEHOLD_TRY(check_printable(claims));
    LEASEHOLD_TRY_ASSIGN(const auto expires, read_time(body, "exp"));
    if (!expires)
        return bad_token("never expires (it has no \"exp\")");
    claims.expires = *expires;
    LEASEHOLD_TRY_ASSIGN(claims.issued, read_time(body, "iat"));
    LEASEHOLD_TRY_ASSIGN(claims.not_before, read_time(body, "nbf"));
    return claims;
}

Result<void> check_claims(const Claims& claims, const TokenExpectation& expected) {
    LEASEHOLD_TRY(check_identity(claims, expected));
    return check_times(claims, expected);
}

} // namespace leasehold::lease
