#include "src/lease/vault/wire/lease_answer.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/http/json_body.hpp"
#include "src/lease/terms/jwt.hpp"

#include <algorithm>
#include <cstdlib>

namespace leasehold::lease::vault {
namespace {

namespace json = boost::json;

constexpr std::size_t most_warnings = 4;
constexpr std::size_t most_leases = 4096;
constexpr std::int64_t harmless_skew = 60;

Error bad_answer(std::string why, std::string hint = {}) {
    return make_error(ErrorCode::bad_answer,
                      "Vault answered the lease with something unusable: " + std::move(why),
                      hint.empty() ? "check mount and role of the profile: is it a role of a "
                                     "Kubernetes secrets engine?"
                                   : std::move(hint));
}

std::string text_of(const json::value& value, std::initializer_list<std::string_view> path) {
    return std::string(json_string(value, path).value_or(""));
}

// kubernetes/creds/ROLE/RANDOM[.NAMESPACE]
bool is_lease_id(std::string_view id) {
    return !id.empty() && id.size() <= 512 && has_no_control_characters(id) &&
           id.find("..") == std::string_view::npos && id.find("//") == std::string_view::npos;
}

Result<json::value> read_body(const http::Response& response) {
    auto body = http::json_body(response);
    if (!body)
        return bad_answer(body.error().message);
    if (json_string(*body, {"wrap_info", "token"}))
        return bad_answer("it is wrapped",
                          "a policy or a control group of the server's wraps what it answers; it "
                          "must not for this path");
    return body;
}

std::vector<std::string> read_warnings(const json::value& body) {
    std::vector<std::string> warnings;
    const json::value* list = json_find(body, {"warnings"});
    if (list == nullptr || !list->is_array())
        return warnings;
    for (const json::value& warning : list->get_array())
        if (warning.is_string() && warnings.size() < most_warnings)
            warnings.push_back(hostile_text(
                std::string_view(warning.get_string().data(), warning.get_string().size())));
    return warnings;
}

Result<Claims> checked_claims(std::string_view token, const json::value& body,
                              const TokenWish& wish, UnixTime server_now) {
    const std::string space = text_of(body, {"data", "service_account_namespace"});
    const std::string account = text_of(body, {"data", "service_account_name"});
    LEASEHOLD_TRY_ASSIGN(Claims claims, read_claims(token));
    LEASEHOLD_TRY(check_claims(
        claims, {.namespace_ = wish.namespace_.empty() ? space : wish.namespace_,
                 .service_account = wish.service_account.empty() ? account : wish.service_account,
                 .audiences = wish.audiences,
                 .issuer = wish.issuer,
                 .ttl = wish.ttl,
                 .server_now = claims.issued.value_or(server_now)}));
    if (claims.namespace_ != space || claims.service_account != account)
        return bad_answer("its token is for " + quoted(claims.subject) +
                          ", and the answer names another account");
    if (!is_dns_label(claims.namespace_))
        return bad_answer("its token names no namespace");
    return claims;
}

Seconds shortest_life(const Claims& claims, const json::value& body, const TokenWish& wish,
                      UnixTime server_now) {
    Seconds life(claims.expires - claims.issued.value_or(server_now));
    if (const auto said = json_integer(body, {"lease_duration"}); said && *said > 0)
        life = std::min(life, Seconds(*said));
    if (wish.login_left && wish.kind != RoleKind::static_)
        life = std::min(life, *wish.login_left);
    return life;
}

} // namespace

bool looks_made_up(std::string_view account) {
    if (!account.starts_with("v-"))
        return false;
    const std::size_t random = account.rfind('-');
    const std::size_t time = random < 2 ? std::string_view::npos : account.rfind('-', random - 1);
    if (time == std::string_view::npos || random - time != 11)
        return false;
    return std::all_of(account.begin() + static_cast<std::ptrdiff_t>(time) + 1,
                       account.begin() + static_cast<std::ptrdiff_t>(random),
                       [](char c) { return c >= '0' && c <= '9'; });
}

Result<Lease> read_created_lease(const http::Response& response, const TokenWish& wish,
                                 UnixTime sent) {
    LEASEHOLD_TRY_ASSIGN(const json::value body, read_body(response));
    const std::string id = text_of(body, {"lease_id"});
    const auto token = json_string(body, {"data", "service_account_token"});
    if (!token || !is_bearer_token(*token))
        return bad_answer("it holds no token");
    if (!is_lease_id(id))
        return bad_answer("it has no lease id");
    const auto server_now = parse_http_date(response.header("Date").value_or(""));
    LEASEHOLD_TRY_ASSIGN(Claims claims,
                         checked_claims(*token, body, wish, server_now.value_or(sent)));
    Lease lease;
    lease.life = shortest_life(claims, body, wish, server_now.value_or(sent));
    if (lease.life <= Seconds(0))
        return bad_answer("it has expired already");
    lease.token = Secret(*token);
    lease.id = id;
    lease.subject = claims.subject;
    lease.credential_id = claims.id;
    lease.issuer = claims.issuer;
    lease.audiences = std::move(claims.audiences);
    lease.issued = sent;
    lease.expires = sent + lease.life.count();
    lease.warnings = read_warnings(body);
    lease.namespace_ = claims.namespace_;
    lease.own_account = wish.kind == RoleKind::dynamic ||
                        (wish.kind == RoleKind::unknown && looks_made_up(claims.service_account));
    lease.revocable = lease.own_account;
    // The operator may have accounts named in another way.
    lease.revocable_known = lease.own_account || wish.kind != RoleKind::unknown;
    if (server_now)
        lease.clock_skew = Seconds(*server_now - sent);
    if (lease.clock_skew && std::llabs(lease.clock_skew->count()) > harmless_skew)
        lease.warnings.push_back("Vault's clock is " + std::to_string(lease.clock_skew->count()) +
                                 " s from this one; the lease is timed by this machine's own");
    return lease;
}

std::optional<std::string> read_lease_id(const http::Response& response) {
    const auto body = http::json_body(response);
    std::string id = body ? text_of(*body, {"lease_id"}) : "";
    return is_lease_id(id) ? std::optional(std::move(id)) : std::nullopt;
}

Result<LeaseRecord> read_lease_record(const http::Response& response) {
    const auto body = http::json_body(response);
    LeaseRecord record;
    record.id = body ? text_of(*body, {"data", "id"}) : "";
    if (!is_lease_id(record.id))
        return bad_answer("a lease has no id");
    record.issued = parse_rfc3339(text_of(*body, {"data", "issue_time"})).value_or(0);
    const auto expires = parse_rfc3339(text_of(*body, {"data", "expire_time"}));
    if (!expires)
        return bad_answer("lease " + quoted(record.id) + " does not say when it ends");
    record.expires = *expires;
    record.revoke_error = hostile_text(text_of(*body, {"data", "revoke_error"}));
    return record;
}

Result<std::vector<std::string>> read_lease_list(const http::Response& response) {
    const auto body = http::json_body(response);
    const json::value* keys = body ? json_find(*body, {"data", "keys"}) : nullptr;
    if (keys == nullptr || !keys->is_array())
        return bad_answer("the list of leases holds none");
    std::vector<std::string> list;
    for (const json::value& key : keys->get_array())
        if (key.is_string() && list.size() < most_leases) {
            std::string name(key.get_string().data(), key.get_string().size());
            if (is_lease_id(name) && name.find('/') == std::string::npos)
                list.push_back(std::move(name));
        }
    return list;
}

} // namespace leasehold::lease::vault
