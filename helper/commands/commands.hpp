// Every command's two functions: what it takes, and what it does. Which there are, what they are
// called and what they need stands in table.cpp.
#pragma once

#include "helper/commands/command.hpp"

namespace leasehold::helper {

void declare_setup(Options& options);
[[nodiscard]] Result<int> run_setup(Invocation& call);
void declare_profile_add(Options& options);
[[nodiscard]] Result<int> run_profile_add(Invocation& call);
void declare_profile_list(Options& options);
[[nodiscard]] Result<int> run_profile_list(Invocation& call);
void declare_profile_show(Options& options);
[[nodiscard]] Result<int> run_profile_show(Invocation& call);
void declare_profile_check(Options& options);
[[nodiscard]] Result<int> run_profile_check(Invocation& call);
void declare_profile_remove(Options& options);
[[nodiscard]] Result<int> run_profile_remove(Invocation& call);
void declare_kubeconfig_add(Options& options);
[[nodiscard]] Result<int> run_kubeconfig_add(Invocation& call);
void declare_kubeconfig_list(Options& options);
[[nodiscard]] Result<int> run_kubeconfig_list(Invocation& call);
void declare_kubeconfig_remove(Options& options);
[[nodiscard]] Result<int> run_kubeconfig_remove(Invocation& call);
void declare_kubeconfig_wrap(Options& options);
[[nodiscard]] Result<int> run_kubeconfig_wrap(Invocation& call);
void declare_kubeconfig_unwrap(Options& options);
[[nodiscard]] Result<int> run_kubeconfig_unwrap(Invocation& call);
void declare_kubeconfig_diff(Options& options);
[[nodiscard]] Result<int> run_kubeconfig_diff(Invocation& call);
void declare_kubeconfig_allow_list(Options& options);
[[nodiscard]] Result<int> run_kubeconfig_allow_list(Invocation& call);
void declare_lease_create(Options& options);
[[nodiscard]] Result<int> run_lease_create(Invocation& call);
void declare_lease_list(Options& options);
[[nodiscard]] Result<int> run_lease_list(Invocation& call);
void declare_lease_show(Options& options);
[[nodiscard]] Result<int> run_lease_show(Invocation& call);
void declare_lease_renew(Options& options);
[[nodiscard]] Result<int> run_lease_renew(Invocation& call);
void declare_lease_revoke(Options& options);
[[nodiscard]] Result<int> run_lease_revoke(Invocation& call);
void declare_lease_prune(Options& options);
[[nodiscard]] Result<int> run_lease_prune(Invocation& call);
void declare_cache_list(Options& options);
[[nodiscard]] Result<int> run_cache_list(Invocation& call);
void declare_cache_clear(Options& options);
[[nodiscard]] Result<int> run_cache_clear(Invocation& call);
void declare_status(Options& options);
[[nodiscard]] Result<int> run_status(Invocation& call);
void declare_token(Options& options);
[[nodiscard]] Result<int> run_token(Invocation& call);
void declare_profile_edit(Options& options);
[[nodiscard]] Result<int> run_profile_edit(Invocation& call);
void declare_profile_rename(Options& options);
[[nodiscard]] Result<int> run_profile_rename(Invocation& call);
void declare_uninstall(Options& options);
[[nodiscard]] Result<int> run_uninstall(Invocation& call);
void declare_login(Options& options);
[[nodiscard]] Result<int> run_login(Invocation& call);
void declare_logout(Options& options);
[[nodiscard]] Result<int> run_logout(Invocation& call);
void declare_audit(Options& options);
[[nodiscard]] Result<int> run_audit(Invocation& call);
void declare_definition_create(Options& options);
[[nodiscard]] Result<int> run_definition_create(Invocation& call);
void declare_definition_list(Options& options);
[[nodiscard]] Result<int> run_definition_list(Invocation& call);
void declare_definition_show(Options& options);
[[nodiscard]] Result<int> run_definition_show(Invocation& call);
void declare_definition_update(Options& options);
[[nodiscard]] Result<int> run_definition_update(Invocation& call);
void declare_definition_delete(Options& options);
[[nodiscard]] Result<int> run_definition_delete(Invocation& call);
void declare_exec(Options& options);
[[nodiscard]] Result<int> run_exec(Invocation& call);
void declare_doctor(Options& options);
[[nodiscard]] Result<int> run_doctor(Invocation& call);
void declare_completion(Options& options);
[[nodiscard]] Result<int> run_completion(Invocation& call);
void declare_version(Options& options);
[[nodiscard]] Result<int> run_version(Invocation& call);
// These parse their own words, a tiny grammar (INP-2).
void declare_credential(Options& options);
[[nodiscard]] Result<int> run_credential(Invocation& call);
[[nodiscard]] Result<int> run_renew_in_background(Invocation& call);
[[nodiscard]] Result<int> run_check_in_background(Invocation& call);
[[nodiscard]] Result<int> run_sweep_in_background(Invocation& call);
[[nodiscard]] Result<int> run_complete(Invocation& call);
[[nodiscard]] Result<int> run_complete_for_kubectl(Invocation& call);

} // namespace leasehold::helper
