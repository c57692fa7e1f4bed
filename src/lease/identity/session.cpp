#include "src/lease/identity/session.hpp"

#include "src/base/base64.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"

#include <algorithm>

namespace leasehold::lease::infisical {
namespace {

constexpr std::int64_t safety = 30;
constexpr std::size_t longest_token = 16 * 1024;
constexpr std::int64_t longest_life = 10LL * 366 * 24 * 3600;

Error bad_answer(std::string why) {
    return make_error(ErrorCode::bad_answer,
                      "Infisical answered the login with something unusable: " + std::move(why),
                      "check infisical.site of the profile and what stands before it");
}

std::optional<UnixTime> time_of(const boost::json::value& claims, std::string_view name) {
    const auto time = json_integer(claims, {name});
    return time && *time > 0 ? time : std::nullopt;
}

// What the answer says, else what the token says by its server's own clock; 0 is "unknown".
Seconds life_of(std::int64_t expires_in, const TokenTimes& times) {
    std::int64_t life = expires_in > 0 ? expires_in : 0;
    if (times.expires && times.issued) {
        const std::int64_t own = std::max<std::int64_t>(*times.expires - *times.issued, 1);
        life = life == 0 ? own : std::min(life, own);
    }
    return Seconds(std::min(life, longest_life));
}

} // namespace

Session Session::clone() const {
    return {token.clone(), created, issued, life, max_life};
}

bool is_usable(const Session& session, UnixTime now) {
    if (session.token.empty() || now < session.issued)
        return false;
    return session.life == Seconds(0) || now + safety < session.issued + session.life.count();
}

bool should_renew(const Session& session, UnixTime now) {
    const std::int64_t life = session.life.count();
    if (life == 0 || session.max_life == Seconds(0) || !is_usable(session, now))
        return false;
    const std::int64_t left = session.issued + life - now;
    return left < life / 5 && now - session.created + life <= session.max_life.count();
}

TokenTimes read_token_times(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.size() > longest_token)
        return {};
    auto text = base64url_decode(token.substr(first + 1, second - first - 1));
    if (!text)
        return {};
    const auto claims = parse_json(*text, {.bytes = longest_token, .depth = 8, .members = 256});
    wipe(*text);
    if (!claims)
        return {};
    return {time_of(*claims, "iat"), time_of(*claims, "exp")};
}

Result<Session> read_session_answer(const http::Response& response, UnixTime sent,
                                    const Session* before) {
    const auto body = parse_json(response.body);
    if (!body)
        return bad_answer(body.error().message);
    const auto token = json_string(*body, {"accessToken"});
    if (!token || !is_bearer_token(*token) || token->size() > longest_token)
        return bad_answer("it holds no access token");
    Session session;
    session.token = Secret(*token);
    session.issued = sent;
    session.created = before != nullptr ? before->created : sent;
    session.life =
        life_of(json_integer(*body, {"expiresIn"}).value_or(0), read_token_times(*token));
    const std::int64_t max_life = json_integer(*body, {"accessTokenMaxTTL"}).value_or(0);
    session.max_life = Seconds(std::clamp<std::int64_t>(max_life, 0, longest_life));
    return session;
}

} // namespace leasehold::lease::infisical
