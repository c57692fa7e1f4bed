#include "src/lease/infisical/wire/refusal.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/http/json_body.hpp"
#include "src/lease/identity/server_exchange.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease::infisical {
namespace {

namespace json = boost::json;

constexpr std::size_t most_issues = 4;

std::string text_of(const json::value& body, std::string_view name, std::size_t limit) {
    return hostile_text(json_string(body, {name}).value_or(""), limit);
}

// Zod's issues: "projectSlug: Required; ttl: TTL must be a greater than 1min".
std::string read_issues(const json::array& issues) {
    std::string all;
    for (std::size_t i = 0; i < std::min(issues.size(), most_issues); ++i) {
        const json::value& issue = issues[i];
        std::string place;
        if (const json::value* path = json_find(issue, {"path"}); path && path->is_array())
            for (const json::value& step : path->get_array())
                if (step.is_string())
                    place += (place.empty() ? "" : ".") + std::string(step.get_string());
        all += (all.empty() ? "" : "; ") + hostile_text(place, 80) + (place.empty() ? "" : ": ") +
               text_of(issue, "message", 160);
    }
    return all;
}

std::vector<DeniedRule> read_denied(const json::value& body) {
    std::vector<DeniedRule> rules;
    const json::value* details = json_find(body, {"details"});
    if (details == nullptr || !details->is_array())
        return rules;
    for (const json::value& rule : details->get_array())
        if (rules.size() < most_issues && json_string(rule, {"action"}))
            rules.push_back({text_of(rule, "action", 64), text_of(rule, "subject", 64)});
    return rules;
}

// From the header, which was not confirmed for every server, else from the text.
std::optional<Seconds> read_wait(const http::Response& response, std::string_view message) {
    if (const auto header = response.header("Retry-After"))
        if (const auto wait = identity::read_wait(*header))
            return wait;
    constexpr std::string_view lead = "try again in ";
    const std::size_t at = message.find(lead);
    return at == std::string_view::npos ? std::nullopt
                                        : identity::read_wait(message.substr(at + lead.size()));
}

bool says(const Refusal& refusal, std::string_view words) {
    return refusal.message.find(words) != std::string::npos;
}

// Only the next step is told by the server's words; what is done about it never is.
std::string bad_request_hint(const Refusal& refusal) {
    struct Row {
        std::string_view words;
        std::string_view hint;
    };
    constexpr std::array<Row, 11> table{{
        {"plan restriction",
         "this is a matter of the licence: dynamic secrets need a paid plan of Infisical's, also "
         "when it is self-hosted"},
        {"Max lease limit", "end leases that are no longer used: 'leasehold lease list' and "
                            "'leasehold lease revoke', or wait until they expire"},
        {"less than 10 minutes", "ask for 11m or more: set ttl in the profile or give --ttl"},
        {"larger than max TTL", "ask for less: set ttl in the profile or give --ttl; the dynamic "
                                "secret's own maximum stands in Infisical"},
        {"larger than max ttl", "choose a shorter --ttl"},
        {"exceed the maximum allowed lease duration",
         "choose a shorter --ttl, or lease anew: a renewal gives no new token in any case"},
        {"is not allowed. Allowed namespace",
         "set infisical.namespace of the profile to one of those"},
        {"already exists", "two leases were given one name: ask again; whoever keeps the dynamic "
                           "secret should put a random part into its username template"},
        {"is forbidden", "the cluster refuses Infisical's own account: whoever keeps the dynamic "
                         "secret must give it the rights that are missing there"},
        {"timeout of", "Infisical could not reach the cluster in time; try again"},
        {"ECONNREFUSED", "Infisical cannot reach the cluster: whoever keeps the dynamic secret "
                         "must look at its URL or gateway"},
    }};
    for (const Row& row : table)
        if (says(refusal, row.words))
            return std::string(row.hint);
    if (says(refusal, "not found"))
        return "the cluster lacks what the dynamic secret names: whoever keeps it must mend that";
    return {};
}

std::string permission_hint(const Refusal& refusal) {
    std::string missing;
    for (const DeniedRule& rule : refusal.denied)
        missing +=
            (missing.empty() ? "" : ", ") + quoted(rule.action) + " on " + quoted(rule.subject);
    return "a project administrator can allow it: the identity's role in the project lacks the "
           "permission " +
           (missing.empty() ? "\"lease\" on \"dynamic-secrets\"" : missing) +
           " for this environment and path";
}

struct Meaning {
    ErrorCode code = ErrorCode::bad_answer;
    std::string what = {};
    std::string hint = {};
};

Meaning unreadable(const Refusal& refusal) {
    if (refusal.status >= 500)
        return {refusal.status == 504 ? ErrorCode::timed_out : ErrorCode::unreachable,
                "something before Infisical failed",
                "try again; if it goes on, look at the proxy "
                "that stands before the site"};
    return {ErrorCode::bad_answer, "what answered does not look like Infisical",
            "check infisical.site of the profile: it is the site's address, with or without /api"};
}

Meaning forbidden(const Refusal& refusal) {
    if (refusal.kind == "TokenError")
        return {ErrorCode::denied, "the access token is not accepted",
                "it has expired or was not made by this site: log in again"};
    if (refusal.kind == "PermissionDenied")
        return {ErrorCode::denied, "a permission is missing", permission_hint(refusal)};
    return {ErrorCode::denied, "it is forbidden",
            "is the identity a member of the project, and may it come from this address?"};
}

Meaning meaning_of(const Refusal& refusal) {
    if (!refusal.readable)
        return unreadable(refusal);
    switch (refusal.status) {
    case 400:
        return {ErrorCode::denied, "Infisical refuses", bad_request_hint(refusal)};
    case 401:
        return {ErrorCode::denied, "Infisical does not accept the login",
                "log in again; 'leasehold login' keeps a new secret"};
    case 403:
        return forbidden(refusal);
    case 404:
        return {ErrorCode::configuration, "there is no such thing, or it may not be seen",
                says(refusal, "Project with slug")
                    ? "project-slug is the project's slug and not its id: it stands in the "
                      "project's settings; the identity must be of the same organisation"
                    : "check project-slug, environment, path and dynamic-secret of the profile; "
                      "the identity must be a member of the project"};
    case 409:
        return {ErrorCode::denied, "it is there already", ""};
    case 422:
        return {ErrorCode::configuration, "Infisical takes a value for wrong",
                "check the values in the profile"};
    case 429:
        return {ErrorCode::unreachable, "too many requests come from this address",
                refusal.wait ? "try again in " + std::to_string(refusal.wait->count()) + " s"
                             : "try again in a minute"};
    case 504:
        return {ErrorCode::timed_out, "Infisical waited too long for another server", "try again"};
    default:
        break;
    }
    if (refusal.status >= 500)
        return {ErrorCode::unreachable, "Infisical failed",
                "try again; its operators find the cause by the request id"};
    return {ErrorCode::bad_answer, "Infisical answered something unexpected", ""};
}

} // namespace

Refusal read_refusal(const http::Response& response) {
    Refusal refusal;
    refusal.status = response.status;
    const auto body = http::json_body(response);
    const json::value* message = body ? json_find(*body, {"message"}) : nullptr;
    if (message == nullptr)
        return refusal;
    refusal.readable = true;
    refusal.kind = text_of(*body, "error", 64);
    refusal.request_id = text_of(*body, "reqId", 64);
    if (message->is_array() && !message->get_array().empty())
        refusal.message = read_issues(message->get_array());
    else
        refusal.message = text_of(*body, "message", 400);
    refusal.denied = read_denied(*body);
    if (response.status == 429)
        refusal.wait = read_wait(response, refusal.message);
    return refusal;
}

bool session_refused(const Refusal& refusal) {
    return refusal.readable &&
           (refusal.status == 401 || (refusal.status == 403 && refusal.kind == "TokenError"));
}

// By the server's words, since nothing else tells; if they change, the refusal is told as it is.
bool ttl_refused(const Refusal& refusal) {
    return refusal.readable && refusal.status == 400 &&
           (says(refusal, "larger than max TTL") || says(refusal, "larger than max ttl"));
}

Error refusal_error(const Refusal& refusal, std::string_view action) {
    Meaning meaning = meaning_of(refusal);
    std::string message =
        "cannot " + std::string(action) + ": " + meaning.what + " (" +
        std::to_string(refusal.status) + (refusal.kind.empty() ? "" : ' ' + refusal.kind) +
        (refusal.request_id.empty() ? "" : ", request " + refusal.request_id) + ')';
    if (!refusal.message.empty())
        message += "; the server says: " + refusal.message;
    return make_error(meaning.code, std::move(message), std::move(meaning.hint));
}

} // namespace leasehold::lease::infisical
