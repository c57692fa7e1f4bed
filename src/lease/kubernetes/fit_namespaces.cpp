#include "src/lease/kubernetes/fit_namespaces.hpp"

#include "src/base/hostile_text.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

// The server matches the labels, so that a selector means what it means everywhere. A list of one
// name is a right that can be given by name.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
http::Request question(const std::string& selector, const std::string& name) {
    http::Request request = list_request(ObjectKind::namespace_, "", selector, "");
    request.target += "&fieldSelector=metadata.name%3D" + name;
    return request;
}

} // namespace

std::vector<std::string> namespaces_of(const KubernetesSettings& settings,
                                       const std::string& namespace_) {
    std::vector<std::string> names{namespace_};
    if (settings.credential == CredentialKind::dynamic_)
        for (std::string& space : granted_namespaces(settings.dynamic))
            if (space != namespace_)
                names.push_back(std::move(space));
    return names;
}

Result<void> check_fit(KubernetesApi& api, const KubernetesProfile& profile,
                       const std::vector<std::string>& namespaces, Deadline deadline) {
    const std::string& selector = profile.settings.namespace_selector;
    if (selector.empty())
        return {};
    for (const std::string& name : namespaces) {
        const auto response = api.send(question(selector, name), deadline);
        if (!response)
            return response.error().error;
        if (response->status != 200)
            return api.explain(*response,
                               status_error(*response, {"list", "namespaces", "", name}));
        LEASEHOLD_TRY_ASSIGN(const ObjectPage page, read_page(*response, ObjectKind::namespace_));
        const bool fits = std::any_of(page.objects.begin(), page.objects.end(),
                                      [&](const ReadObject& one) { return one.ref.name == name; });
        if (!fits)
            return make_error(ErrorCode::denied,
                              "no namespace " + quoted(name) + " has the labels " +
                                  quoted(selector) + " that profile " + quoted(profile.name) +
                                  " asks for",
                              "'kubectl get namespaces --selector ...' lists those that have; the "
                              "selector stands in " +
                                  profile.path);
    }
    return {};
}

} // namespace leasehold::lease
