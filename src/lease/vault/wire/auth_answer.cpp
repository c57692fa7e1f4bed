#include "src/lease/vault/wire/auth_answer.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/http/json_body.hpp"

#include <algorithm>

namespace leasehold::lease::vault {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_token = 16 * 1024;
constexpr std::size_t most_shown = 16;

Error bad_answer(std::string why) {
    return make_error(ErrorCode::bad_answer,
                      "Vault answered the login with something unusable: " + std::move(why),
                      "check vault.address of the profile and what stands before it");
}

// Any printable text: operators may choose their own.
bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= longest_token && is_header_value(text) &&
           text.find(' ') == std::string_view::npos;
}

std::string text_of(const json::value& value, std::string_view name, std::size_t limit = 128) {
    return hostile_text(json_string(value, {name}).value_or(""), limit);
}

bool truth_of(const json::value& value, std::string_view name) {
    const json::value* found = json_find(value, {name});
    return found != nullptr && found->is_bool() && found->get_bool();
}

Seconds life_of(const json::value& value, std::string_view name) {
    const std::int64_t life = json_integer(value, {name}).value_or(0);
    return std::clamp(Seconds(life), Seconds(0), identity::longest_session);
}

MfaRequest read_mfa(const json::value& wanted) {
    MfaRequest request;
    request.id = std::string(json_string(wanted, {"mfa_request_id"}).value_or(""));
    const json::value* constraints = json_find(wanted, {"mfa_constraints"});
    if (constraints == nullptr || !constraints->is_object())
        return request;
    for (const auto& [enforcement, ways] : constraints->get_object()) {
        const json::value* any = json_find(ways, {"any"});
        if (any == nullptr || !any->is_array() || request.methods.size() >= most_shown)
            continue;
        for (const json::value& way : any->get_array())
            request.methods.push_back(
                {std::string(json_string(way, {"id"}).value_or("")),
                 text_of(way, "type", 32) + (text_of(way, "name").empty() ? "" : " ") +
                     text_of(way, "name"),
                 truth_of(way, "uses_passcode"),
                 hostile_text(std::string_view(enforcement.data(), enforcement.size()), 128)});
    }
    return request;
}

} // namespace

Result<void> check_uses(std::int64_t num_uses) {
    if (num_uses == 0)
        return {};
    return make_error(ErrorCode::denied,
                      "the login's token may be used " + std::to_string(num_uses) +
                          " times only, and its last use ends every lease that it took",
                      "the auth method's role must have token_num_uses 0");
}

Result<AuthAnswer> read_auth_answer(const http::Response& response, UnixTime sent,
                                    const identity::Session* before) {
    const auto body = http::json_body(response);
    if (!body)
        return bad_answer(body.error().message);
    const json::value* auth = json_find(*body, {"auth"});
    if (auth == nullptr || !auth->is_object()) {
        if (json_string(*body, {"wrap_info", "token"}))
            return bad_answer("it is wrapped, which a policy of the server's demands");
        return bad_answer("it holds no token");
    }
    AuthAnswer answer;
    const auto token = json_string(*auth, {"client_token"}).value_or("");
    const json::value* mfa = json_find(*auth, {"mfa_requirement"});
    if (token.empty() && mfa != nullptr && mfa->is_object()) {
        answer.mfa = read_mfa(*mfa);
        return answer;
    }
    if (!is_token(token))
        return bad_answer("it holds no token");
    LEASEHOLD_TRY(check_uses(json_integer(*auth, {"num_uses"}).value_or(0)));
    identity::Session& session = answer.session;
    session.token = Secret(token);
    session.issued = sent;
    session.created = before != nullptr ? before->created : sent;
    session.max_life = before != nullptr ? before->max_life : Seconds(0);
    session.period = before != nullptr ? before->period : Seconds(0);
    session.life = life_of(*auth, "lease_duration");
    session.renewable = truth_of(*auth, "renewable");
    return answer;
}

Result<TokenFacts> read_token_facts(const http::Response& response) {
    const auto body = http::json_body(response);
    const json::value* data = body ? json_find(*body, {"data"}) : nullptr;
    if (data == nullptr || !data->is_object())
        return bad_answer("it does not say what the token is");
    TokenFacts facts;
    facts.ttl = life_of(*data, "ttl");
    // A number beside an end that is there means what it says.
    facts.ended = facts.ttl == Seconds(0) && json_string(*data, {"expire_time"}).has_value();
    facts.num_uses = json_integer(*data, {"num_uses"}).value_or(0);
    facts.display_name = text_of(*data, "display_name");
    for (const std::string_view name : {"policies", "identity_policies"})
        if (const json::value* list = json_find(*data, {name}); list && list->is_array())
            for (const json::value& policy : list->get_array())
                if (policy.is_string() && facts.policies.size() < most_shown)
                    facts.policies.push_back(hostile_text(
                        std::string_view(policy.get_string().data(), policy.get_string().size()),
                        64));
    return facts;
}

Result<Secret> read_unwrapped_secret_id(const http::Response& response) {
    const auto body = http::json_body(response);
    const auto id = body ? json_string(*body, {"data", "secret_id"}) : std::nullopt;
    if (!id || id->empty() || id->size() > longest_token)
        return make_error(ErrorCode::denied, "the wrapping token held no secret id",
                          "it must be made by writing auth/MOUNT/role/NAME/secret-id with "
                          "X-Vault-Wrap-TTL (vault write -wrap-ttl=...)");
    return Secret(*id);
}

} // namespace leasehold::lease::vault
