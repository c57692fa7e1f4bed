#include "helper/providers/kubernetes/side.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/access_review.hpp"
#include "src/lease/kubernetes/api/object.hpp"
#include "src/lease/kubernetes/api/server.hpp"
#include "src/lease/kubernetes/fit_namespaces.hpp"
#include "src/lease/kubernetes/needed_rights.hpp"
#include "src/lease/kubernetes/provider.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"

#include <algorithm>
#include <cstdlib>

namespace leasehold::helper {
namespace {

// A clock that is further off makes tokens look spent or not yet valid to somebody.
constexpr std::int64_t harmless_skew = 60;

class ClusterCheck {
public:
    ClusterCheck(const lease::KubernetesProfile& profile,
                 const lease::RequesterEnvironment& outside, const Clock& clock, Deadline deadline)
        : profile_(profile), outside_(outside), clock_(clock), deadline_(deadline) {}

    std::vector<CheckStep> run() {
        auto api = lease::KubernetesApi::open(
            profile_, outside_,
            [](http::Server server) { return http::make_http_client(std::move(server)); },
            deadline_);
        if (!api) {
            fail("requester", std::move(api).error());
            return std::move(steps_);
        }
        api_ = *std::move(api);
        ok("requester", api_->requester());
        if (identify())
            review_rights();
        return std::move(steps_);
    }

private:
    // Sends with the requester's identity; a failure to get any answer becomes a step.
    std::optional<http::Response> send(std::string_view step, http::Request request) {
        auto response = api_->send(std::move(request), deadline_, {1, 1});
        if (response)
            return *std::move(response);
        fail(step, std::move(response).error().error);
        return std::nullopt;
    }

    bool identify() {
        const UnixTime sent = clock_.now().wall;
        const auto response = send("server", lease::self_subject_review());
        if (!response)
            return false;
        ok("server", api_->address() + " answers over verified TLS");
        compare_clocks(parse_http_date(response->header("Date").value_or("")), sent);
        auto name = lease::read_self_subject_review(*response);
        if (!name) {
            fail("identity", api_->explain(*response, std::move(name).error()));
            return false;
        }
        who_ = name->value_or("");
        ok("identity", name->value_or("accepted (the server is too old to say who)"));
        return true;
    }

    void compare_clocks(std::optional<UnixTime> server, UnixTime ours) {
        if (!server)
            return;
        const std::int64_t skew = *server - ours;
        if (std::llabs(skew) <= harmless_skew)
            return ok("clock", "within a minute of the server's");
        warn("clock", "the server's clock is " + std::to_string(skew) + " s from this one",
             "set the clock (timedatectl set-ntp true); leases are timed by this machine's own and "
             "still work");
    }

    // Every rule that the profile's leases need, those for revoking included.
    void review_rights() {
        std::vector<lease::KubernetesAction> needed;
        std::vector<lease::KubernetesAction> useful;
        for (const lease::NeededRight& right : lease::needed_rights(profile_)) {
            const auto response = send("rbac", lease::self_subject_access_review(right.action));
            if (!response)
                return;
            const auto allowed = lease::read_self_subject_access_review(*response);
            if (!allowed)
                return fail("rbac", allowed.error());
            if (!*allowed)
                (right.optional ? useful : needed).push_back(right.action);
        }
        if (!needed.empty())
            return fail("rbac", make_error(ErrorCode::denied,
                                           "the requester lacks rights that the profile needs: " +
                                               named(needed),
                                           manifest_hint(needed)));
        if (!useful.empty())
            return warn("rbac",
                        "leases work, but cannot be revoked: the requester lacks " + named(useful),
                        manifest_hint(useful));
        ok("rbac", "the requester has every right that the profile needs");
        if (look_at_namespaces())
            look_for_roles();
    }

    bool look_at_namespaces() {
        if (profile_.settings.namespace_selector.empty())
            return true;
        for (const std::string& space : profile_.terms.namespaces) {
            auto fit = lease::check_fit(*api_, profile_,
                                        lease::namespaces_of(profile_.settings, space), deadline_);
            if (!fit) {
                fail("namespaces", std::move(fit).error());
                return false;
            }
        }
        ok("namespaces", "each has the labels " + quoted(profile_.settings.namespace_selector));
        return true;
    }

    // A binding takes any name. Who may not look at roles is believed.
    void look_for_roles() {
        const lease::DynamicSettings& dynamic = profile_.settings.dynamic;
        if (profile_.settings.credential != lease::CredentialKind::dynamic_)
            return;
        std::vector<lease::ObjectRef> roles;
        if (dynamic.binding == lease::DynamicSettings::Binding::cluster && dynamic.rules.empty())
            roles.push_back({lease::ObjectKind::cluster_role, "", dynamic.role, ""});
        for (const std::string& space : profile_.terms.namespaces)
            for (const lease::NamespaceGrant& grant : lease::grants_of(dynamic, space))
                if (grant.rules.empty())
                    add_role(roles, grant);
        std::string names;
        for (const lease::ObjectRef& role : roles) {
            const auto response = send("role", lease::get_request(role));
            if (!response)
                return;
            if (response->status == 404)
                return fail("role", no_such(role));
            names += (names.empty() ? "" : ", ") + lease::describe(role);
        }
        if (!names.empty())
            ok("role", names);
    }

    // Each once, however many namespaces the profile has.
    static void add_role(std::vector<lease::ObjectRef>& roles, const lease::NamespaceGrant& grant) {
        const bool of_cluster = grant.role_type == lease::RoleType::cluster_role;
        lease::ObjectRef role{of_cluster ? lease::ObjectKind::cluster_role
                                         : lease::ObjectKind::role,
                              of_cluster ? "" : grant.namespace_, grant.role, ""};
        const bool known =
            std::any_of(roles.begin(), roles.end(), [&](const lease::ObjectRef& other) {
                return lease::describe(other) == lease::describe(role);
            });
        if (!known)
            roles.push_back(std::move(role));
    }

    [[nodiscard]] Error no_such(const lease::ObjectRef& role) const {
        return make_error(ErrorCode::configuration,
                          "there is no " + std::string(lease::names_of(role.kind).kind) + ' ' +
                              quoted(role.name) +
                              (role.namespace_.empty() ? "" : " in namespace " + role.namespace_),
                          "check role and role-type, or roles: leasehold profile edit " +
                              profile_.name);
    }

    [[nodiscard]] std::string
    manifest_hint(const std::vector<lease::KubernetesAction>& actions) const {
        return "whoever may can apply this (kubectl apply -f FILE):\n" +
               lease::missing_rules_yaml(actions) + lease::bindings_yaml(actions, who_);
    }

    static std::string named(const std::vector<lease::KubernetesAction>& actions) {
        std::string text;
        for (const lease::KubernetesAction& action : actions)
            text += (text.empty() ? "" : ", ") + action.verb + ' ' + action.resource +
                    (action.name.empty() ? "" : '/' + action.name) +
                    (action.namespace_.empty() ? "" : " in " + action.namespace_);
        return text;
    }

    void warn(std::string_view name, std::string finding, std::string hint) {
        steps_.push_back(warning_step(std::string(name), std::move(finding), std::move(hint)));
    }
    void ok(std::string_view name, std::string finding) {
        steps_.push_back(ok_step(std::string(name), std::move(finding)));
    }
    void fail(std::string_view name, Error error) {
        steps_.push_back(failed_step(std::string(name), std::move(error)));
    }

    const lease::KubernetesProfile& profile_;
    const lease::RequesterEnvironment& outside_;
    const Clock& clock_;
    Deadline deadline_;
    std::vector<CheckStep> steps_;
    std::string who_;                           // asks, to the server; "" if it does not say
    std::unique_ptr<lease::KubernetesApi> api_; // of the cluster, or of the gateway before it
};

} // namespace

std::vector<CheckStep> check_kubernetes(const lease::KubernetesProfile& profile,
                                        const lease::RequesterEnvironment& outside,
                                        const Clock& clock, Deadline deadline) {
    return ClusterCheck(profile, outside, clock, deadline).run();
}

} // namespace leasehold::helper
