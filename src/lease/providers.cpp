#include "src/lease/providers.hpp"

#include "src/base/digest.hpp"
#include "src/lease/exec/plugin/asker.hpp"
#include "src/lease/exec/settings/settings.hpp"
#include "src/lease/infisical/login/asker.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/kubernetes/api/asker.hpp"
#include "src/lease/kubernetes/settings/reading.hpp"
#include "src/lease/vault/login/asker.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <array>

namespace leasehold::lease {
namespace {

const KubernetesSettings& kubernetes(const ProviderSettings& settings) {
    return std::any_cast<const KubernetesSettings&>(settings);
}

const infisical::InfisicalSettings& infisical_of(const ProviderSettings& settings) {
    return std::any_cast<const infisical::InfisicalSettings&>(settings);
}

const vault::VaultSettings& vault_of(const ProviderSettings& settings) {
    return std::any_cast<const vault::VaultSettings&>(settings);
}

std::optional<KeptSecret> kept_for_kubernetes(const ProviderSettings& settings,
                                              const ClusterSettings& cluster) {
    if (kubernetes(settings).requester.kind != RequesterSettings::Kind::stored_token)
        return std::nullopt;
    const auto ca = load_cluster_ca(cluster);
    return KeptSecret{"token",
                      "token",
                      true,
                      {{"server", cluster.server.origin() + cluster.server.path},
                       {"ca", sha256_hex(ca ? *ca : cluster.ca_file)}}};
}

std::optional<BorrowedUser> borrowed_by_kubernetes(const ProviderSettings& settings) {
    const RequesterSettings& requester = kubernetes(settings).requester;
    if (requester.kind != RequesterSettings::Kind::kubeconfig)
        return std::nullopt;
    return BorrowedUser{kubeconfig_list(requester.kubeconfig), requester.context};
}

std::optional<KeptSecret> kept_for_infisical(const ProviderSettings& settings,
                                             const ClusterSettings&) {
    const infisical::InfisicalSettings& own = infisical_of(settings);
    if (!infisical::needs_kept_secret(own.auth))
        return std::nullopt;
    return KeptSecret{std::string(infisical::kept_secret_name(own.auth.method)),
                      std::string(infisical::kept_secret_flag(own.auth.method)),
                      false,
                      {{"site", own.site.origin() + own.site.path},
                       {"organization", own.organization_slug},
                       {"method", std::string(infisical::to_text(own.auth.method))},
                       {"client-id", own.auth.client_id},
                       {"identity-id", own.auth.identity_id},
                       {"username", own.auth.username},
                       {"access-key-id", own.auth.access_key_id}}};
}

const exec::ExecSettings& exec_of(const ProviderSettings& settings) {
    return std::any_cast<const exec::ExecSettings&>(settings);
}

std::optional<KeptSecret> kept_for_vault(const ProviderSettings& settings, const ClusterSettings&) {
    const vault::VaultSettings& own = vault_of(settings);
    if (!vault::needs_login(own.auth))
        return std::nullopt;
    const vault::AuthMethod method = own.auth.method;
    return KeptSecret{std::string(vault::login_secret_name(method)),
                      std::string(vault::login_secret_flag(method)),
                      method == vault::AuthMethod::token,
                      {{"address", own.address.origin() + own.address.path},
                       {"space", own.auth.space},
                       {"mount", own.auth.mount},
                       {"method", std::string(vault::to_text(method))},
                       {"role-id", own.auth.role_id},
                       {"username", own.auth.username}},
                      vault::is_password_method(method) || method == vault::AuthMethod::oidc};
}

constexpr KeptFlag token{"token", "token-file", "token-stdin", "the token"};
constexpr KeptFlag client_secret{"client-secret", "client-secret-file", "client-secret-stdin",
                                 "the client secret"};
constexpr KeptFlag password{"password", "password-file", "password-stdin", "the password"};
constexpr KeptFlag access_key_secret{"access-key-secret", "access-key-secret-file",
                                     "access-key-secret-stdin", "the access key's secret"};
constexpr KeptFlag secret_id{"secret-id", "secret-id-file", "secret-id-stdin", "the secret id"};

const auto table = std::to_array<ProviderKind>({
    {.name = "kubernetes",
     .shortest_ttl = Seconds(600), // the API server's floor (F20)
     .why_shortest = "Kubernetes grants no token for less than 10m (600 s): ask for 10m or more",
     .usual_deadline = Seconds(30),
     .knows_a_ttl = false,
     .variables = "",
     .kept_hint = "set kubernetes.requester to {token: stored}",
     .kept_flags = {token},
     .read = [](SettingsSection section, const SettingsPaths& paths, LeaseTerms& terms)
         -> ProviderSettings { return read_kubernetes_settings(std::move(section), paths, terms); },
     .identity =
         [](const ProviderSettings& settings, Identity::Role role) {
             return kubernetes_identity(kubernetes(settings), role);
         },
     .shown = [](const ProviderSettings& settings,
                 const LeaseTerms& terms) { return shown_kubernetes(kubernetes(settings), terms); },
     .leased =
         [](const ProviderSettings& settings, const LeaseTerms& terms) {
             return leased_by_kubernetes(kubernetes(settings), terms);
         },
     .kept = kept_for_kubernetes,
     .asker =
         [](const ProviderSettings& settings, const identity::AskerSurroundings& around) {
             return asker_of(kubernetes(settings).requester, around);
         },
     .groups = kubernetes_groups,
     .borrowed = borrowed_by_kubernetes},
    {.name = "infisical",
     .shortest_ttl = infisical::shortest_ttl,
     .why_shortest =
         "Infisical asks Kubernetes for what is left of the TTL when it gets there, and "
         "Kubernetes grants nothing below 10m: ask for 11m or more",
     .usual_deadline = infisical::usual_deadline,
     .knows_a_ttl = true,
     .variables = "INFISICAL_",
     .kept_hint = "see infisical.auth",
     .kept_flags = {client_secret, password, token, access_key_secret},
     .read = [](SettingsSection section, const SettingsPaths& paths, LeaseTerms& terms)
         -> ProviderSettings { return infisical::read_settings(std::move(section), paths, terms); },
     .identity =
         [](const ProviderSettings& settings, Identity::Role role) {
             return infisical::settings_identity(infisical_of(settings), role);
         },
     .shown =
         [](const ProviderSettings& settings, const LeaseTerms& terms) {
             return infisical::shown_settings(infisical_of(settings), terms);
         },
     .leased = [](const ProviderSettings& settings,
                  const LeaseTerms&) { return infisical::leased(infisical_of(settings)); },
     .kept = kept_for_infisical,
     .asker =
         [](const ProviderSettings& settings, const identity::AskerSurroundings& around) {
             return infisical::asker_of(infisical_of(settings).auth, around);
         },
     .groups = infisical::setting_groups},
    {.name = "vault",
     .shortest_ttl = Seconds(600), // the API server's floor (F20)
     .why_shortest =
         "Kubernetes grants no token for less than 10m (600 s), and the server has made "
         "the account before it hears that: ask for 10m or more",
     .usual_deadline = Seconds(60), // leases of one engine queue behind each other
     .variables = "VAULT_ BAO_",
     .kept_hint = "see vault.auth",
     .kept_flags = {token, secret_id, password},
     .read = [](SettingsSection section, const SettingsPaths& paths, LeaseTerms& terms)
         -> ProviderSettings { return vault::read_settings(std::move(section), paths, terms); },
     .identity =
         [](const ProviderSettings& settings, Identity::Role role) {
             return vault::settings_identity(vault_of(settings), role);
         },
     .shown =
         [](const ProviderSettings& settings, const LeaseTerms& terms) {
             return vault::shown_settings(vault_of(settings), terms);
         },
     .leased = [](const ProviderSettings& settings,
                  const LeaseTerms&) { return vault::leased(vault_of(settings)); },
     .kept = kept_for_vault,
     .asker =
         [](const ProviderSettings& settings, const identity::AskerSurroundings& around) {
             return vault::asker_of(vault_of(settings), around);
         },
     .groups = vault::setting_groups},
    {.name = "exec",
     .shortest_ttl = Seconds(10),
     .why_shortest = "what is kept for less than 10s is not worth keeping",
     .usual_deadline = Seconds(30),
     .variables = "",
     .kept_hint = "the plugin's own tool logs in",
     .read = [](SettingsSection section, const SettingsPaths& paths, LeaseTerms& terms)
         -> ProviderSettings { return exec::read_settings(std::move(section), paths, terms); },
     .identity =
         [](const ProviderSettings& settings, Identity::Role role) {
             return exec::settings_identity(exec_of(settings), role);
         },
     .shown =
         [](const ProviderSettings& settings, const LeaseTerms& terms) {
             return exec::shown_settings(exec_of(settings), terms);
         },
     .leased = [](const ProviderSettings& settings,
                  const LeaseTerms&) { return exec::leased(exec_of(settings)); },
     .kept = [](const ProviderSettings&, const ClusterSettings&) -> std::optional<KeptSecret> {
         return std::nullopt;
     },
     .asker =
         [](const ProviderSettings& settings, const identity::AskerSurroundings& around) {
             return exec::asker_of(exec_of(settings), around);
         },
     .groups = exec::setting_groups,
     // Of a credential that does not say when it ends.
     .usual_ttl = Seconds(300),
     .asks_a_person =
         [](const ProviderSettings& settings) {
             return exec_of(settings).interactive != exec::Interactive::never;
         },
     .keeps_a_book = false},
});

} // namespace

std::span<const ProviderKind> provider_kinds() {
    return table;
}

const ProviderKind* find_provider(std::string_view name) {
    for (const ProviderKind& kind : table)
        if (kind.name == name)
            return &kind;
    return nullptr;
}

bool is_a_providers(std::string_view variable) {
    return std::any_of(table.begin(), table.end(), [&](const ProviderKind& kind) {
        std::string_view rest = kind.variables;
        while (!rest.empty()) {
            const std::string_view beginning = rest.substr(0, rest.find(' '));
            if (variable.starts_with(beginning))
                return true;
            rest.remove_prefix(std::min(beginning.size() + 1, rest.size()));
        }
        return false;
    });
}

std::string provider_names() {
    std::string names;
    for (const ProviderKind& kind : table)
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    return names;
}

} // namespace leasehold::lease
