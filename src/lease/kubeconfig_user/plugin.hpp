// Running somebody else's exec credential plugin (client.authentication.k8s.io), as client-go
// does, but within a deadline.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/environment.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/kubeconfig_user/exec_credential.hpp"

#include <string_view>

namespace leasehold::lease {

// Names the chain of profiles whose credential is being made, in the environment of plugins: a
// plugin that is leasehold again, for one of those, is a loop.
inline constexpr std::string_view chain_variable = "LEASEHOLD_PROFILE_CHAIN";

// Refuses to go on if `profile` is in the environment's chain already.
[[nodiscard]] Result<void> check_no_loop(const Environment& environment, std::string_view profile);

// How a plugin is run.
struct PluginManner {
    std::string_view called = "the requester's exec plugin"; // in messages
    std::string_view where = "'command' of the context's user in the kubeconfig";
    bool terminal = false;     // it may ask the person at our stdin, which is a terminal
    bool shows_errors = false; // its stderr is ours
};

// Runs the plugin of `context`'s user for `profile`. It gets our environment, its own variables
// and KUBERNETES_EXEC_INFO, and no terminal unless `manner` says so; `descriptor`, if valid, as its
// descriptor 3. What it says on stderr is in the error, if there is one and it is not ours; of a
// command that is not there the kubeconfig's installHint.
[[nodiscard]] Result<PluginCredential>
run_exec_plugin(const ExecPlugin& plugin, const KubeconfigContext& context,
                std::string_view profile, const Environment& environment, Deadline deadline,
                int descriptor = -1, const PluginManner& manner = {});

} // namespace leasehold::lease
