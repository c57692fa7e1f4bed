// A provider that grants what an exec credential plugin prints. It has no book: what ends such a
// credential before its time is the plugin's own affair.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/environment.hpp"
#include "src/lease/exec/settings/settings.hpp"
#include "src/lease/kubeconfig_user/exec_credential.hpp"
#include "src/lease/terms/cluster.hpp"
#include "src/lease/terms/lease.hpp"

#include <memory>
#include <string>
#include <vector>

namespace leasehold::lease {

// What a profile says; outlives the provider.
struct ExecProfile {
    std::string name;
    std::string path;
    const ClusterSettings& cluster;
    const exec::ExecSettings& settings;
};

// The world around; what is referred to outlives the provider.
struct ExecOutside {
    const Environment& environment;
    const Clock& clock;
    std::vector<std::string> plugin_variables; // that the profile lets through
    bool person = false;                       // one is at our terminal, and may be asked
    bool shows_errors = false;                 // one reads our stderr
};

// Each lease is one run of the plugin.
[[nodiscard]] std::unique_ptr<LeaseProvider> make_exec_provider(ExecProfile profile,
                                                                ExecOutside outside);

namespace exec {

// What a plugin's credential is as a lease, asked for at `asked` and answered at `now`: good until
// the earliest end that answer, certificate and JWT name; where the answer names none, for at most
// `ttl`. Errors have ErrorCode::bad_answer and read on from "the exec plugin".
[[nodiscard]] Result<Lease> read_lease(PluginCredential credential, Seconds ttl, UnixTime asked,
                                       UnixTime now);

} // namespace exec

} // namespace leasehold::lease
