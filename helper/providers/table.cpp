#include "helper/providers/table.hpp"

#include "helper/providers/exec/flags.hpp"
#include "helper/providers/exec/side.hpp"
#include "helper/providers/infisical/flags.hpp"
#include "helper/providers/infisical/side.hpp"
#include "helper/providers/kubernetes/flags.hpp"
#include "helper/providers/kubernetes/side.hpp"
#include "helper/providers/vault/flags.hpp"
#include "helper/providers/vault/side.hpp"
#include "helper/terminal/options.hpp"

#include <array>
#include <cstdlib>

namespace leasehold::helper {
namespace {

bool always(const Options&) {
    return true;
}

bool is_static(const Options& options) {
    return options.text("credential").value_or("static") == "static";
}

constexpr std::array<SetupQuestion, 2> kubernetes_questions{
    {{"namespace", "namespace of the service account", "default", always},
     {"service-account", "service account to lease tokens of", "", is_static}}};
constexpr std::array<SetupQuestion, 3> infisical_questions{
    {{"project-slug", "project (its slug)", "", always},
     {"environment", "environment (its slug)", "", always},
     {"dynamic-secret", "dynamic secret to lease", "", always}}};

constexpr std::array<SetupQuestion, 2> vault_questions{
    {{"address", "address of Vault or OpenBao", "", always},
     {"role", "role of its Kubernetes secrets engine to lease from", "", always}}};

template <class Side>
std::unique_ptr<ProviderSide> make(const SideParts& parts) {
    return std::make_unique<Side>(parts);
}

const auto table = std::to_array<ProviderRow>({
    {"kubernetes", "Kubernetes itself", "--namespace NAMESPACE --service-account NAME",
     kubernetes_section, make<KubernetesSide>, kubernetes_questions},
    {"infisical", "Infisical",
     "--project-slug SLUG --environment SLUG --dynamic-secret NAME --client-id ID",
     infisical_section, make<InfisicalSide>, infisical_questions, "credential-type"},
    {"vault", "Vault and OpenBao", "--address URL --role ROLE --auth METHOD", vault_section,
     make<VaultSide>, vault_questions},
    {"exec", "any other exec plugin", "--from-context CONTEXT", exec_section, make<ExecSide>, {}},
});

} // namespace

std::span<const ProviderRow> provider_rows() {
    return table;
}

const ProviderRow& provider_row(std::string_view name) {
    for (const ProviderRow& row : table)
        if (row.name == name)
            return row;
    // Profiles with other names are refused when they are read; a unit test walks both tables.
    std::abort();
}

} // namespace leasehold::helper
