#include "helper/providers/kubernetes/side.hpp"

#include "cache/token_cache.hpp"
#include "helper/leasing/note.hpp"
#include "helper/process/edges.hpp"
#include "helper/process/mark.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/side/holder.hpp"
#include "helper/providers/side/revocation_memory.hpp"
#include "src/base/time.hpp"
#include "src/http/client.hpp"
#include "src/lease/identity/github_actions.hpp"
#include "src/lease/identity/unverified_jwt.hpp"
#include "src/lease/kubernetes/api/access_review.hpp"
#include "src/lease/kubernetes/api/server.hpp"
#include "src/lease/kubernetes/book.hpp"
#include "src/lease/kubernetes/provider.hpp"
#include "src/lease/profile/profile.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace leasehold::helper {
namespace {

std::unique_ptr<http::HttpClient> connect(http::Server server) {
    return http::make_http_client(std::move(server));
}

bool is_same_file(const std::string& one, const std::string& other) {
    struct stat first {};
    struct stat second {};
    return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

} // namespace

lease::KubernetesProfile KubernetesSide::profile() const {
    const lease::Profile& profile = parts_.profile;
    return {profile.name, profile.path, profile.cluster, parts_.terms,
            std::any_cast<const lease::KubernetesSettings&>(profile.settings)};
}

lease::RequesterEnvironment KubernetesSide::outside() const {
    lease::RequesterEnvironment outside{parts_.process.environment, parts_.stored_secret};
    outside.plugin_variables = parts_.profile.environment;
    outside.descriptor_for = [&process = parts_.process](const std::string& command) {
        return is_same_file(command, process.front) ? make_mark({Mark::Start::plugin}) : Fd();
    };
    if (lease::identity::can_ask_github(parts_.process.environment))
        outside.github_jwt = [&process = parts_.process](const std::string& audience,
                                                         Deadline deadline) {
            const lease::identity::Connect connect_budgeted = [](http::Server server,
                                                                 http::Budgets budgets) {
                return http::make_http_client(std::move(server), budgets);
            };
            return lease::identity::ask_github_for_jwt(
                audience,
                {process.environment, process.clock, process.directories.home, connect_budgeted},
                deadline);
        };
    return outside;
}

std::unique_ptr<lease::LeaseProvider> KubernetesSide::provider() {
    const Process& process = parts_.process;
    const lease::Profile& profile_file = parts_.profile;
    lease::LeaseKeeping keeping{find_holder(process.environment, profile_file.path),
                                [&] { return were_secrets_refused(process, profile_file); },
                                [&] { remember_secrets_refused(process, profile_file); },
                                parts_.intents, was_interrupted};
    return lease::make_kubernetes_provider(profile(), outside(), std::move(keeping), connect,
                                           process.clock);
}

std::unique_ptr<lease::LeaseBook> KubernetesSide::book(lease::BookScope scope) {
    const lease::KubernetesProfile own = profile();
    // Of leases that cannot be revoked the cluster knows nothing.
    if (own.settings.credential == lease::CredentialKind::static_ &&
        own.settings.revocable == false)
        return nullptr;
    return lease::make_kubernetes_book(
        own, outside(), find_holder(parts_.process.environment, parts_.profile.path), connect,
        parts_.process.clock, scope,
        !own.settings.revocable && were_secrets_refused(parts_.process, parts_.profile),
        former_namespaces(scope));
}

// Where cached leases are that the profile, or with the wider scope another of this cluster, made
// before it was moved or removed.
std::vector<std::string> KubernetesSide::former_namespaces(lease::BookScope scope) const {
    const lease::Profile& own = parts_.profile;
    std::vector<std::string> names;
    for (const cache::Hit& hit : parts_.cache.list()) {
        const auto note = read_lease_note(hit.record.note);
        if (!note || note->namespace_.empty() || note->server != own.cluster.server.text() ||
            (scope == lease::BookScope::own && note->path != own.path))
            continue;
        const auto& spaces = own.terms.namespaces;
        if (std::find(spaces.begin(), spaces.end(), note->namespace_) == spaces.end() &&
            std::find(names.begin(), names.end(), note->namespace_) == names.end())
            names.push_back(note->namespace_);
    }
    return names;
}

Result<std::string> KubernetesSide::try_secret(const Secret& secret, Deadline deadline) {
    const lease::KubernetesProfile own = profile();
    lease::RequesterEnvironment around = outside();
    around.stored_token = [&] { return Result<std::optional<Secret>>(secret.clone()); };
    LEASEHOLD_TRY_ASSIGN(const auto api,
                         lease::KubernetesApi::open(own, around, connect, deadline));
    const auto response = api->send(lease::self_subject_review(), deadline, {1, 1});
    if (!response)
        return response.error().error;
    LEASEHOLD_TRY_ASSIGN(const auto name, lease::read_self_subject_review(*response));
    const auto claims = lease::identity::read_unverified(secret.reveal());
    return name.value_or("somebody (it is too old to say who)") +
           (claims && claims->expires ? ", until " + format_rfc3339(*claims->expires) : "");
}

std::vector<CheckStep> KubernetesSide::check(Deadline deadline) {
    auto steps = check_kubernetes(profile(), outside(), parts_.process.clock, deadline);
    // What was refused once may be allowed by now: the next lease asks again.
    const bool every_right = std::any_of(steps.begin(), steps.end(), [](const CheckStep& step) {
        return step.name == "rbac" && step.state == CheckStep::State::ok;
    });
    if (every_right)
        forget_refusals();
    return steps;
}

std::vector<std::string> KubernetesSide::choices(std::string_view flag, Deadline deadline) {
    if (flag != "namespace" && flag != "service-account")
        return {};
    const lease::KubernetesProfile own = profile();
    const lease::RequesterEnvironment around = outside();
    auto api = lease::KubernetesApi::open(own, around, connect, deadline);
    if (!api)
        return {};
    const bool spaces = flag == "namespace";
    const auto objects =
        (*api)->list(spaces ? lease::ObjectKind::namespace_ : lease::ObjectKind::service_account,
                     spaces ? "" : parts_.profile.terms.default_namespace(), "", deadline);
    std::vector<std::string> names;
    if (objects)
        for (const lease::ReadObject& object : *objects)
            names.push_back(object.ref.name);
    return names;
}

void KubernetesSide::forget_refusals() {
    forget_secrets_refused(parts_.process, parts_.profile);
}

} // namespace leasehold::helper
