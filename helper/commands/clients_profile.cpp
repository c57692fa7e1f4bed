#include "helper/commands/clients_profile.hpp"

#include "helper/exec_protocol/binding.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/providers/assembly.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {
namespace {

// The profile's word lets a kubeconfig set a variable.
void let_through(Process& process, const lease::Profile& profile) {
    Environment::Variables counts = process.environment.all();
    Environment::Variables withheld = process.withheld.all();
    for (const std::string& name : profile.environment)
        if (auto given = withheld.extract(name))
            counts.insert_or_assign(name, std::move(given.mapped()));
    process.environment = Environment(std::move(counts));
    process.withheld = Environment(std::move(withheld));
}

// The one that is for the cluster that the client names, by the same checks as if it had been asked
// by itself. Its own siblings are not followed.
std::optional<lease::Profile> find_sibling(const Process& process, const lease::Profile& profile,
                                           const ExecRequest& request) {
    for (const std::string& name : profile.siblings)
        if (auto other = load_profile(process, name);
            other && check_cluster_binding(request, *other))
            return *std::move(other);
    return std::nullopt;
}

} // namespace

// Whose profiles are used is the user's to say; the client was not started with this.
Result<void> check_places(const Process& process) {
    for (const auto& [name, value] : process.withheld.all())
        if (names_a_place(name))
            return make_error(
                ErrorCode::configuration,
                "a kubeconfig may not set " + name + ": the client itself was not started with " +
                    quoted(value, 200),
                "take " + name +
                    " out of the kubeconfig's exec.env and set it where the client is "
                    "started");
    return {};
}

Result<lease::Profile> open_clients_profile(Process& process, const CredentialArguments& arguments,
                                            const ExecRequest* request) {
    LEASEHOLD_TRY(check_places(process));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, arguments.profile));
    if (request != nullptr && request->cluster && !profile.siblings.empty() &&
        !check_cluster_binding(*request, profile))
        if (auto other = find_sibling(process, profile, *request))
            profile = *std::move(other);
    let_through(process, profile);
    return profile;
}

Result<LeaseKey> clients_key(const Process& process, const lease::Profile& profile,
                             const lease::LeaseRequest& wanted) {
    LEASEHOLD_TRY_ASSIGN(LeaseKey key, lease_key(process, profile, wanted));
    for (const std::string& name : key.variables)
        if (process.withheld.get(name))
            return make_error(ErrorCode::configuration,
                              "a kubeconfig may not set " + name +
                                  ", which decides who asks: the client itself was not started "
                                  "with this value",
                              "set it where the client is started, or let kubeconfigs set it: "
                              "environment: [" +
                                  name + "] in " + profile.path);
    return key;
}

} // namespace leasehold::helper
