#include "helper/commands/lease_forms.hpp"

#include "cache/record/lifetime.hpp"
#include "helper/exec_protocol/answer.hpp"
#include "helper/lease_book/plain_kubeconfig.hpp"

#include <array>

namespace leasehold::helper {
namespace {

constexpr std::array<std::string_view, 4> forms{"token", "exec-credential", "kubeconfig", "env"};

// As POSIX shells read it, line breaks included.
std::string in_single_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        c == '\'' ? out.append("'\\''") : out.append(1, c);
    return out + '\'';
}

// https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs
// https://docs.ansible.com/ansible/latest/collections/kubernetes/core/k8s_module.html
Result<Secret> as_environment(const lease::Profile& profile, const lease::Lease& lease) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    std::string text;
    const auto set = [&](std::string_view name, std::string_view value) {
        if (!value.empty())
            text.append("export ").append(name).append("=").append(in_single_quotes(value)) += '\n';
    };
    const std::string server = profile.cluster.server.text();
    set("KUBE_HOST", server);
    set("KUBE_TOKEN", lease.token.reveal());
    set("KUBE_CLUSTER_CA_CERT_DATA", ca);
    set("KUBE_TLS_SERVER_NAME", profile.cluster.tls_server_name);
    set("KUBE_PROXY_URL", profile.cluster.proxy ? profile.cluster.proxy->text() : "");
    set("K8S_AUTH_HOST", server);
    set("K8S_AUTH_API_KEY", lease.token.reveal());
    return Secret::take(std::move(text));
}

Secret as_exec_credential(const lease::Lease& lease, Instant asked, const Clock& clock) {
    const auto lifetime = cache::plan_lifetime(lease.life, asked, clock.boot_id(), Seconds(0));
    const auto judgement = cache::judge(lifetime, clock.now(), lifetime.boot_id);
    return to_exec_credential_json(ExecApiVersion::v1, lease.token.reveal(),
                                   judgement.reported_expiry);
}

} // namespace

std::span<const std::string_view> lease_forms() {
    return forms;
}

Result<Secret> lease_as(std::string_view form, const lease::Profile& profile,
                        const lease::LeaseRequest& request, const lease::Lease& lease,
                        Instant asked, const Clock& clock) {
    if (form == "exec-credential")
        return as_exec_credential(lease, asked, clock);
    if (form == "env")
        return as_environment(profile, lease);
    if (form == "token")
        return Secret::take(std::string(lease.token.reveal()) + '\n');
    boost::json::object user{{"token", std::string(lease.token.reveal())}};
    LEASEHOLD_TRY_ASSIGN(std::string text,
                         plain_kubeconfig({{profile, std::move(user), request.namespace_}}));
    return Secret::take(std::move(text));
}

} // namespace leasehold::helper
