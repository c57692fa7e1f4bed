#include "src/lease/infisical/wire/lease_answer.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/http/json_body.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/terms/jwt.hpp"

#include <algorithm>
#include <cstdlib>

namespace leasehold::lease::infisical {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_id = 128;
constexpr std::int64_t harmless_skew = 60;

std::string text_of(const json::value& value, std::initializer_list<std::string_view> path,
                    std::size_t limit = 256) {
    return hostile_text(json_string(value, path).value_or(""), limit);
}

// Ids come back in paths and commands: no more than a UUID's characters, more or less.
bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= longest_id &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
           });
}

Result<json::value> read_body(const http::Response& response, std::string_view what) {
    auto body = http::json_body(response);
    if (!body)
        return unusable_answer(what, body.error().message);
    return std::move(body).value();
}

// Records are made by another server than tokens, so each life is taken by its own clock.
std::int64_t record_life(const LeaseRecord& record, std::optional<UnixTime> server_now,
                         UnixTime sent) {
    const UnixTime now = server_now.value_or(record.created > 0 ? record.created : sent);
    return record.expires - std::max(now, record.created);
}

Result<Claims> checked_claims(std::string_view token, const LeaseRecord& record,
                              const TokenWish& wish, std::optional<UnixTime> server_now,
                              UnixTime sent) {
    LEASEHOLD_TRY_ASSIGN(Claims claims, read_claims(token));
    LEASEHOLD_TRY(check_claims(
        claims,
        {.namespace_ = wish.namespace_.empty() ? claims.namespace_ : wish.namespace_,
         .service_account = wish.service_account.empty() ? record.account : wish.service_account,
         .audiences = {},
         .issuer = wish.issuer,
         .ttl = wish.ttl,
         .server_now = claims.issued.value_or(server_now.value_or(sent))}));
    if (!is_dns_label(claims.namespace_))
        return unusable_answer("the lease", "its token names no namespace");
    return claims;
}

void warn_of_skew(Lease& lease) {
    if (!lease.clock_skew || std::llabs(lease.clock_skew->count()) <= harmless_skew)
        return;
    lease.warnings.push_back("Infisical's clock is " + std::to_string(lease.clock_skew->count()) +
                             " s from this one; the lease is timed by this machine's own");
}

} // namespace

Error unusable_answer(std::string_view what, std::string why) {
    return make_error(ErrorCode::bad_answer,
                      "Infisical answered " + std::string(what) +
                          " with something unusable: " + std::move(why),
                      "check infisical.site of the profile and what stands before it");
}

bool is_temporary_account(std::string_view account) {
    return account.starts_with("dynamic-secret-sa-");
}

Result<LeaseRecord> read_lease_record(const json::value& lease, std::string_view what) {
    LeaseRecord record;
    const auto id = json_string(lease, {"id"});
    if (!id || !is_id(*id))
        return unusable_answer(what, "a lease has no id");
    record.id = std::string(*id);
    const auto expires = parse_rfc3339(json_string(lease, {"expireAt"}).value_or(""));
    if (!expires)
        return unusable_answer(what, "lease " + record.id + " does not say when it ends");
    record.expires = *expires;
    record.created = parse_rfc3339(json_string(lease, {"createdAt"}).value_or("")).value_or(0);
    record.account = text_of(lease, {"externalEntityId"});
    record.status = text_of(lease, {"status"}, 64);
    record.status_details = text_of(lease, {"statusDetails"}, 400);
    record.namespace_ = text_of(lease, {"config", "namespace"}, 64);
    record.mark = text_of(lease, {"config", "leasehold", "mark"}, 64);
    record.profile = text_of(lease, {"config", "leasehold", "profile"}, 128);
    record.holder = text_of(lease, {"config", "leasehold", "holder"}, 128);
    record.version = static_cast<int>(json_integer(lease, {"version"}).value_or(0));
    return record;
}

Result<LeaseRecord> read_lease_answer(const http::Response& response, std::string_view what) {
    LEASEHOLD_TRY_ASSIGN(const json::value body, read_body(response, what));
    const json::value* lease = json_find(body, {"lease"});
    if (lease == nullptr || !lease->is_object())
        return unusable_answer(what, "it holds no lease");
    return read_lease_record(*lease, what);
}

Result<Lease> read_created_lease(const http::Response& response, const TokenWish& wish,
                                 UnixTime sent) {
    constexpr std::string_view what = "the lease";
    LEASEHOLD_TRY_ASSIGN(const json::value body, read_body(response, what));
    LEASEHOLD_TRY_ASSIGN(const LeaseRecord record, read_lease_answer(response, what));
    const auto token = json_string(body, {"data", "TOKEN"});
    if (!token || !is_bearer_token(*token))
        return unusable_answer(what,
                               "it holds no token; is the dynamic secret of the type Kubernetes?");
    const auto server_now = parse_http_date(response.header("Date").value_or(""));
    LEASEHOLD_TRY_ASSIGN(Claims claims, checked_claims(*token, record, wish, server_now, sent));
    const std::int64_t token_life =
        claims.expires - claims.issued.value_or(server_now.value_or(sent));
    const std::int64_t life = std::min(token_life, record_life(record, server_now, sent));
    if (life <= 0)
        return unusable_answer(what, "it has expired already");
    Lease lease;
    lease.token = Secret(*token);
    lease.id = record.id;
    lease.credential_id = claims.id;
    lease.subject = claims.subject;
    lease.issuer = claims.issuer;
    lease.audiences = std::move(claims.audiences);
    lease.life = Seconds(life);
    lease.issued = sent;
    lease.expires = sent + life;
    lease.namespace_ = claims.namespace_;
    lease.own_account = is_temporary_account(record.account);
    if (server_now)
        lease.clock_skew = Seconds(*server_now - sent);
    warn_of_skew(lease);
    return lease;
}

Seconds read_longest_ttl(const http::Response& response) {
    const auto body = http::json_body(response);
    const auto text = body ? json_string(*body, {"dynamicSecret", "maxTTL"}) : std::nullopt;
    const auto parsed = text ? parse_ms(*text) : std::nullopt;
    return parsed ? std::chrono::duration_cast<Seconds>(*parsed) : Seconds(0);
}

LeaseEntry to_entry(const LeaseRecord& record, UnixTime now) {
    LeaseEntry entry;
    entry.id = record.id;
    entry.namespace_ = record.namespace_;
    entry.profile = record.profile;
    entry.holder = record.holder;
    entry.subject = record.account;
    entry.issued = record.created;
    entry.expires = record.expires;
    entry.state = record.failed_to_delete() ? "failed-to-revoke"
                  : record.expires <= now   ? "expired"
                                            : "active";
    if (!record.status_details.empty())
        entry.state_detail = "the server says: " + record.status_details;
    // A temporary account's name is made up by the server; its end ends the token.
    entry.details["serviceAccount"] = record.account;
    entry.details["version"] = std::to_string(record.version);
    if (!record.namespace_.empty())
        entry.details["namespace"] = record.namespace_;
    return entry;
}

} // namespace leasehold::lease::infisical
