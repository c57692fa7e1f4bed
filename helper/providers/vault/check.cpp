#include "helper/providers/vault/check.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/vault/client.hpp"
#include "src/lease/vault/needed_policy.hpp"
#include "src/lease/vault/wire/requests.hpp"
#include "src/lease/vault/wire/role_answer.hpp"

#include <boost/json/value.hpp>

#include <algorithm>

namespace leasehold::helper {
namespace {

using namespace lease::vault;

class VaultCheck {
public:
    VaultCheck(const VaultSettings& settings, const lease::Profile& profile, const Outside& outside,
               Deadline deadline)
        : settings_(settings), profile_(profile), client_(settings, outside), deadline_(deadline) {}

    std::vector<CheckStep> run() {
        if (look_at_server() && look_at_login() && look_at_policy())
            look_at_role();
        return std::move(steps_);
    }

private:
    bool fail(std::string step, Error error) {
        steps_.push_back(failed_step(std::move(step), std::move(error)));
        return false;
    }

    void ok(std::string step, std::string finding) {
        steps_.push_back(ok_step(std::move(step), std::move(finding)));
    }

    void warn(std::string step, std::string finding, std::string hint) {
        steps_.push_back(warning_step(std::move(step), std::move(finding), std::move(hint)));
    }

    // Anybody may ask for its health; statuses tell its state (a standby is well).
    bool look_at_server() {
        const auto answer =
            client_.ask_as_nobody(get_request("sys/health", ""), Repeat::never, deadline_);
        if (!answer)
            return fail("server", answer.error());
        const int status = answer->response.status;
        const std::string version = read_version(answer->response);
        const std::string who =
            settings_.address.text() + (version.empty() ? "" : " (version " + version + ')');
        if (status == 503)
            return fail("server", make_error(ErrorCode::unreachable, who + " is sealed",
                                             "an operator must unseal it"));
        if (status == 501)
            return fail("server", make_error(ErrorCode::unreachable, who + " is not initialised",
                                             "an operator must initialise it"));
        if (version.empty())
            return fail("server", refusal_error(read_refusal(answer->response), Doing::asking,
                                                "learn the health of " + settings_.address.text()));
        const bool standby = status == 429 || status == 472 || status == 473;
        ok("server", who + " answers" + (standby ? ", as a standby" : ""));
        return true;
    }

    bool look_at_login() {
        const auto answer =
            client_.ask_any(lookup_token_request(settings_), Repeat::reads, deadline_);
        if (!answer)
            return fail("login", answer.error());
        const std::string accepted = "accepted by " + std::string(to_text(settings_.auth.method));
        if (answer->response.status != 200) {
            const Refusal refusal = read_refusal(answer->response);
            if (!refusal.by_policy)
                return fail("login", refusal_error(refusal, Doing::asking, "look at the login"));
            ok("login", accepted + "; its policies do not let it look at itself");
            return true;
        }
        const auto facts = read_token_facts(answer->response);
        if (!facts)
            return fail("login", facts.error());
        std::string policies;
        for (const std::string& policy : facts->policies)
            policies += (policies.empty() ? "" : ", ") + policy;
        ok("login",
           accepted + " with the policies " + policies +
               (facts->ttl == Seconds(0) ? "" : "; it ends in " + format_duration(facts->ttl)));
        return true;
    }

    bool look_at_policy() {
        const std::string revoking = "sys/leases/revoke/" + creds_path(settings_) + "/x";
        const boost::json::object body{
            {"paths", boost::json::array{creds_path(settings_), revoking}}};
        const auto answer =
            client_.ask(post_request("sys/capabilities-self", settings_.space, body), Doing::asking,
                        "ask what the login may do", Repeat::reads, deadline_);
        if (!answer) {
            warn("policy", answer.error().message, "the first lease will tell");
            return true;
        }
        if (!may(answer->response, creds_path(settings_), "update"))
            return fail("policy",
                        make_error(ErrorCode::denied,
                                   "the login may not lease from " + creds_path(settings_),
                                   missing_policy_hint(settings_, {})));
        ok("policy", "it may lease from " + creds_path(settings_));
        if (!may(answer->response, revoking, "update"))
            warn("revoking", "the login may not end leases before their time",
                 "whoever keeps the policies can add:\n" +
                     policy_line(revoke_path(settings_), {"update"}));
        return true;
    }

    // Few may read it; then only the first lease tells.
    void look_at_role() {
        const auto answer = client_.ask_any(
            get_request(settings_.mount + "/roles/" + settings_.role, settings_.space),
            Repeat::reads, deadline_);
        if (!answer) {
            fail("role", answer.error());
            return;
        }
        const int status = answer->response.status;
        if (status == 403)
            return ok("role", quoted(settings_.role) + " may not be read, as is usual");
        if (status == 404) {
            fail("role", make_error(ErrorCode::configuration,
                                    "there is no role " + quoted(settings_.role) + " in " +
                                        quoted(settings_.mount),
                                    "check mount and role of the profile"));
            return;
        }
        const auto facts = read_role_facts(answer->response);
        if (!facts) {
            fail("role", facts.error());
            return;
        }
        hold_against_profile(*facts);
    }

    void hold_against_profile(const RoleFacts& facts) {
        const bool fixed = facts.kind == RoleKind::static_;
        if (settings_.kind != RoleKind::unknown && settings_.kind != facts.kind) {
            fail("role", make_error(ErrorCode::configuration,
                                    "the role is " + std::string(fixed ? "static" : "dynamic") +
                                        ", and the profile says otherwise",
                                    "set vault.credential of the profile to what it is"));
            return;
        }
        const std::string space = profile_.terms.default_namespace();
        const auto& allowed = facts.namespaces;
        const auto has = [&](std::string_view name) {
            return std::find(allowed.begin(), allowed.end(), name) != allowed.end();
        };
        if (!space.empty() && !facts.has_selector && !has("*") && !has(space)) {
            fail("role", make_error(ErrorCode::configuration,
                                    "the role is not for namespace " + quoted(space),
                                    "set vault.namespace of the profile to one that it allows"));
            return;
        }
        if (space.empty() && (facts.has_selector || has("*") || allowed.size() != 1))
            warn("role", "the role is for more than one namespace, and the profile names none",
                 "set vault.namespace of the profile, or give --namespace with each lease");
        ok("role",
           quoted(settings_.role) + " leases " +
               (fixed ? "tokens of " + quoted(facts.service_account) + ", which cannot be revoked"
                      : "an account of its own for each lease"));
        if (facts.max_ttl > Seconds(0) && facts.max_ttl < profile_.ttl)
            warn("ttl",
                 "the role allows " + format_duration(facts.max_ttl) +
                     " at most, and the profile asks for " + format_duration(profile_.ttl),
                 "leases are cut to that");
    }

    const VaultSettings& settings_;
    const lease::Profile& profile_;
    Client client_;
    Deadline deadline_;
    std::vector<CheckStep> steps_;
};

} // namespace

std::vector<CheckStep> check_vault(const VaultSettings& settings, const lease::Profile& profile,
                                   const Outside& outside, Deadline deadline) {
    return VaultCheck(settings, profile, outside, deadline).run();
}

} // namespace leasehold::helper
