#include "src/lease/vault/needed_policy.hpp"

namespace leasehold::lease::vault {

std::string policy_line(std::string_view path,
                        std::initializer_list<std::string_view> capabilities) {
    std::string names;
    for (const std::string_view name : capabilities)
        names += (names.empty() ? "\"" : ", \"") + std::string(name) + '"';
    return "  path \"" + std::string(path) + "\" { capabilities = [" + names + "] }";
}

std::string revoke_path(const VaultSettings& settings) {
    return "sys/leases/revoke/" + creds_path(settings) + "/*";
}

std::string missing_policy_hint(const VaultSettings& settings,
                                const std::vector<std::string>& policies) {
    std::string names;
    for (const std::string& policy : policies)
        names += (names.empty() ? "" : ", ") + policy;
    return "the login's policies" + (names.empty() ? "" : " (" + names + ')') +
           " do not allow it, or the mount is another (--mount, --vault-namespace); whoever keeps "
           "them can add:\n" +
           policy_line(creds_path(settings), {"update"});
}

} // namespace leasehold::lease::vault
