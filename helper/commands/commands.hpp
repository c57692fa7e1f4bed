// The commands, one function each. Each parses its own arguments (without the command's words),
// prints its result and answers the exit code; an Error is shown by the caller.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/error.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

using Arguments = std::vector<std::string>;

[[nodiscard]] Result<int> run_credential(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_renew_in_background(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_sweep_in_background(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_setup(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_profile_add(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_profile_list(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_profile_show(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_profile_check(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_profile_remove(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_kubeconfig_add(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_kubeconfig_list(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_kubeconfig_remove(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_lease_create(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_lease_list(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_lease_show(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_lease_renew(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_lease_revoke(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_lease_prune(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_audit(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_cache_list(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_cache_clear(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_login(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_logout(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_infisical_definition(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_doctor(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_version(Process& process, const Arguments& arguments);
[[nodiscard]] Result<int> run_completion(Process& process, const Arguments& arguments);

} // namespace leasehold::helper
