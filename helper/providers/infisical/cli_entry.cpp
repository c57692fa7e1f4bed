#include "helper/providers/infisical/cli_entry.hpp"

#include "cache/secret_service/foreign_secret.hpp"
#include "helper/process/edges.hpp"

namespace leasehold::helper {

Result<std::optional<Secret>> find_cli_entry(const Process& process, const std::string& account) {
    auto found = cache::find_foreign_secret({.child = process.libexec + "/leasehold-secret-service",
                                             .environment = process.environment,
                                             .marker_directory = process.directories.runtime},
                                            "infisical-cli", account);
    if (found)
        return *std::move(found);
    if (found.error().fault == cache::StoreFault::unavailable)
        return std::optional<Secret>();
    return make_error(ErrorCode::store,
                      "the session of Infisical's CLI cannot be read: " + found.error().message,
                      found.error().hint);
}

} // namespace leasehold::helper
