#include "src/lease/vault/wire/refusal.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/url.hpp"
#include "src/http/json_body.hpp"
#include "src/lease/identity/server_exchange.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease::vault {
namespace {

namespace json = boost::json;

constexpr std::size_t most_errors = 4;

// "at x: 2 errors occurred:\n\t* a\n\t* b\n\n", as Go's multierror writes them: "at x: a; b".
std::string in_one_line(std::string_view text) {
    std::string out;
    bool joined = true;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with("\t* "))
            line.remove_prefix(3);
        bool lead = false;
        for (const std::string_view end : {" error occurred:", " errors occurred:"})
            if (line.ends_with(end)) {
                line.remove_suffix(end.size());
                line = line.substr(0, line.find_last_not_of("0123456789") + 1);
                lead = true;
            }
        out += (joined || line.empty() ? "" : "; ") + std::string(line);
        if (!line.empty() || lead)
            joined = lead;
    }
    return out;
}

std::string read_errors(const json::array& errors) {
    std::string all;
    for (std::size_t i = 0; i < std::min(errors.size(), most_errors); ++i)
        if (errors[i].is_string())
            all += (all.empty() ? "" : "; ") +
                   in_one_line(std::string_view(errors[i].get_string().data(),
                                                errors[i].get_string().size()));
    return hostile_text(all, 400);
}

std::string_view only_error(const json::array& errors) {
    if (errors.size() != 1 || !errors.front().is_string())
        return {};
    const auto& text = errors.front().get_string();
    return {text.data(), text.size()};
}

// What a policy refuses and what a backend returns are put into a list; what the server says before
// it comes to that is not.
void tell_by_form(const json::array& errors, Refusal& refusal) {
    const std::string_view text = only_error(errors);
    refusal.by_policy =
        refusal.status == 403 && text.starts_with("1 error occurred:\n\t* permission denied");
    refusal.by_backend =
        refusal.status == 500 && text.find(" occurred:\n\t* ") != std::string_view::npos;
    refusal.no_leader = refusal.status == 500 && text.ends_with("active cluster node not found");
}

bool says(const Refusal& refusal, std::string_view words) {
    return refusal.message.find(words) != std::string::npos;
}

struct Meaning {
    ErrorCode code = ErrorCode::bad_answer;
    std::string what = {};
    std::string hint = {};
};

// Only the code and the next step are chosen by the server's words; what is done never is.
struct Row {
    Doing doing;
    int status;
    std::string_view words; // "": any
    ErrorCode code;
    std::string_view what;
    std::string_view hint;
};

constexpr ErrorCode wrong = ErrorCode::configuration;
constexpr ErrorCode no = ErrorCode::denied;
constexpr ErrorCode away = ErrorCode::unreachable;
constexpr std::string_view in_the_cluster = "the server could not do it in the cluster";
constexpr std::string_view cluster_down =
    "the server does not reach the cluster: whoever keeps the engine must look at its "
    "kubernetes_host and CA";
constexpr std::string_view asks_another = "the server does not reach what it asks about logins";
constexpr std::string_view other_down =
    "try again; whoever keeps the auth method must see that the server reaches the directory, "
    "cluster, cloud or issuer of its config";

constexpr std::array<Row, 35> rows{{
    {Doing::leasing, 400, "does not exist", wrong, "the role is not there",
     "check role and mount of the profile (--role, --mount)"},
    {Doing::leasing, 400, "is not present in role's", wrong, "the role is not for this namespace",
     "set namespace of the profile (--namespace) to one that the role allows"},
    {Doing::leasing, 400, "ClusterRoleBinding cannot", wrong, "the role is no ClusterRole",
     "leave cluster-role-binding out of the profile"},
    {Doing::leasing, 400, "one use left", no, "the login's token has too few uses",
     "leases end with the token that took them: the auth method's role must have token_num_uses 0"},
    {Doing::leasing, 400, "", wrong, "the server takes a value for wrong",
     "check the values in the profile"},
    {Doing::leasing, 500, "'kubernetes_namespace' is required", wrong,
     "the role is for more than one namespace",
     "set namespace in the profile (--namespace), or give --namespace"},
    {Doing::leasing, 500, "could not load backend configuration", no, "the engine is not set up",
     "whoever keeps the engine must write its config: kubernetes_host and the rest"},
    {Doing::leasing, 500, "dial tcp", away, in_the_cluster, cluster_down},
    {Doing::leasing, 500, "connection refused", away, in_the_cluster, cluster_down},
    {Doing::leasing, 500, "timeout", away, in_the_cluster, cluster_down},
    {Doing::leasing, 500, "x509: ", away, in_the_cluster, cluster_down},
    {Doing::leasing, 500, "no such host", away, in_the_cluster, cluster_down},
    {Doing::leasing, 500, "less than 10 minutes", no, in_the_cluster,
     "the role's own maximum is below Kubernetes' floor of 10m: it must be raised"},
    {Doing::leasing, 500, "already exists", no, in_the_cluster,
     "the role's name_template gives the same name twice: it must have a random part"},
    {Doing::leasing, 500, "Unauthorized", no, in_the_cluster,
     "the engine's own token for the cluster has ended or is wrong: whoever keeps the engine must "
     "write another service_account_jwt"},
    {Doing::leasing, 500, "", no, in_the_cluster,
     "whoever keeps the engine's role can mend what the cluster says"},
    {Doing::logging_in, 400, "error making upstream request: error making", away, asks_another,
     other_down},
    {Doing::logging_in, 400, "dial tcp", away, asks_another, other_down},
    {Doing::logging_in, 400, "LDAP Result Code 200", away, asks_another, other_down},
    {Doing::logging_in, 500, "dial tcp", away, asks_another, other_down},
    {Doing::logging_in, 400, "", no, "the server does not accept the login", ""},
    {Doing::logging_in, 403, "", no, "the server does not let this login in",
     "are auth.mount and auth.vault-namespace of the profile right? After five wrong logins a user "
     "or role id is locked for 15 minutes, with the right secret too"},
    {Doing::logging_in, 500, "missing", wrong, "the login lacks a value",
     "check auth of the profile"},
    // The method azure has no other way to refuse.
    {Doing::logging_in, 500, "oidc: ", no, "the server does not accept the login", ""},
    {Doing::logging_in, 500, "failed to verify", no, "the server does not accept the login", ""},
    {Doing::logging_in, 500, "not authorized", no, "the server does not accept the login", ""},
    {Doing::logging_in, 500, "are required", no, "the server does not accept the login", ""},
    {Doing::unwrapping, 400, "", no, "the wrapping token is used or has ended",
     "it is good for one unwrapping: if you did not use it, someone else did, and the secret id is "
     "theirs. Have that revoked, and ask for another"},
    {Doing::unwrapping, 403, "", no, "the wrapping token is used or has ended",
     "it is good for one unwrapping: if you did not use it, someone else did, and the secret id is "
     "theirs. Have that revoked, and ask for another"},
    {Doing::revoking, 400, "failed to revoke", away,
     "the server could not remove it from the cluster",
     "the lease is still in its book, and no more in the stores here: try again later, by its id; "
     "the server tries again by itself when the lease ends"},
    {Doing::revoking, 400, "", no, "the server takes the lease for wrong", ""},
    {Doing::asking, 400, "", no, "the server takes the question for wrong", ""},
    {Doing::asking, 500, "", away, "the server failed", "try again"},
    {Doing::logging_in, 404, "namespace not found", wrong, "the server has no such namespace",
     "check vault-namespace and auth.vault-namespace of the profile (--vault-namespace, "
     "--auth-vault-namespace)"},
    {Doing::logging_in, 404, "", wrong, "there is no such way to log in",
     "check auth.mount and auth.vault-namespace of the profile (--auth-mount)"},
}};

std::optional<Meaning> meaning_by_row(const Refusal& refusal, Doing doing) {
    if (doing == Doing::leasing && refusal.status == 500 && !refusal.by_backend)
        return std::nullopt;
    for (const Row& row : rows)
        if (row.doing == doing && row.status == refusal.status && says(refusal, row.words))
            return Meaning{row.code, std::string(row.what), std::string(row.hint)};
    return std::nullopt;
}

Meaning not_found(const Refusal& refusal) {
    if (says(refusal, "namespace not found"))
        return {wrong, "the server has no such namespace",
                "check vault-namespace of the profile (--vault-namespace)"};
    return {wrong, "there is no such thing",
            "check mount, role and vault-namespace of the profile (--mount, --role, "
            "--vault-namespace)"};
}

Meaning not_serving(const Refusal& refusal) {
    if (says(refusal, "sealed"))
        return {away, "the server is sealed", "an operator must unseal it"};
    return {away, "the server is not serving", "try again; its operators know when it is back"};
}

Meaning unreadable(const Refusal& refusal) {
    if (refusal.status >= 500)
        return {refusal.status == 504 ? ErrorCode::timed_out : away,
                "something before the server failed",
                "try again; if it goes on, look at the proxy that stands before it"};
    return {ErrorCode::bad_answer, "what answered looks like neither Vault nor OpenBao",
            "check vault.address of the profile, and what stands before it"};
}

Meaning meaning_by_status(const Refusal& refusal) {
    switch (refusal.status) {
    case 403:
        return {no, "permission denied", ""};
    case 404:
        return not_found(refusal);
    case 412:
        return {away, "the server does not have its state yet, or an agent lacks a header",
                "try again"};
    case 429:
        return {away, "too many requests",
                refusal.wait ? "try again in " + std::to_string(refusal.wait->count()) + " s"
                             : "try again in a few seconds"};
    case 472:
    case 473:
    case 502:
    case 503:
        return not_serving(refusal);
    case 504:
        return {ErrorCode::timed_out, "the server waited too long for another", "try again"};
    default:
        break;
    }
    if (refusal.status >= 500)
        return {away, "the server failed", "try again"};
    return {ErrorCode::bad_answer, "the server answered something unexpected", ""};
}

} // namespace

Refusal read_refusal(const http::Response& response) {
    Refusal refusal;
    refusal.status = response.status;
    const auto body = http::json_body(response);
    const json::value* errors = body ? json_find(*body, {"errors"}) : nullptr;
    if (errors != nullptr && errors->is_array()) {
        refusal.readable = true;
        refusal.message = read_errors(errors->get_array());
        tell_by_form(errors->get_array(), refusal);
    }
    if (response.status == 429 || response.status == 503)
        refusal.wait = identity::read_wait(response.header("Retry-After").value_or(""));
    return refusal;
}

Error refusal_error(const Refusal& refusal, Doing doing, std::string_view action) {
    Meaning meaning;
    if (!refusal.readable)
        meaning = unreadable(refusal);
    else if (refusal.no_leader)
        meaning = {away, "none of the server's nodes is active",
                   "they choose one within seconds if more than half of them are well: try again"};
    else if (auto found = meaning_by_row(refusal, doing))
        meaning = *std::move(found);
    else
        meaning = meaning_by_status(refusal);
    std::string message = "cannot " + std::string(action) + ": " + meaning.what + " (" +
                          std::to_string(refusal.status) + ')';
    if (!refusal.message.empty())
        message += "; the server says: " + refusal.message;
    Error error = make_error(meaning.code, std::move(message), std::move(meaning.hint));
    if (refusal.wait)
        error.retry_after = static_cast<int>(refusal.wait->count());
    return error;
}

Error redirect_error(std::string_view address, std::string_view location) {
    const auto url = parse_url(location.substr(0, location.find('?')), {"https", "http"}, "it");
    return make_error(away,
                      quoted(address) + " is a standby that does not forward; it points to " +
                          quoted(url ? url->authority() : std::string(location), 128),
                      "redirects are not followed, since they would take the token along. If the "
                      "active node is gone, another is chosen within seconds: try again; else give "
                      "the address of the cluster itself in vault.address of the profile");
}

} // namespace leasehold::lease::vault
