#include "src/lease/infisical/login/session_answer.hpp"

#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/http/json_body.hpp"

#include <algorithm>

namespace leasehold::lease::infisical {
namespace {

constexpr std::size_t longest_token = 16 * 1024;

Error bad_answer(std::string why) {
    return make_error(ErrorCode::bad_answer,
                      "Infisical answered the login with something unusable: " + std::move(why),
                      "check infisical.site of the profile and what stands before it");
}

} // namespace

Result<identity::Session> read_session_answer(const http::Response& response, UnixTime sent,
                                              const identity::Session* before) {
    const auto body = http::json_body(response);
    if (!body)
        return bad_answer(body.error().message);
    const auto token = json_string(*body, {"accessToken"});
    if (!token || !is_bearer_token(*token) || token->size() > longest_token)
        return bad_answer("it holds no access token");
    identity::Session session;
    session.token = Secret(*token);
    session.issued = sent;
    session.created = before != nullptr ? before->created : sent;
    session.life = identity::session_life(json_integer(*body, {"expiresIn"}).value_or(0), *token);
    const std::int64_t max_life = json_integer(*body, {"accessTokenMaxTTL"}).value_or(0);
    session.max_life = std::clamp(Seconds(max_life), Seconds(0), identity::longest_session);
    return session;
}

} // namespace leasehold::lease::infisical
