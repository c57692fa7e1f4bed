#include "helper/commands/commands.hpp"

#include <array>

namespace leasehold::helper {
namespace {

constexpr const char* definition_usage =
    "[DEFINITION] (--profile NAME | --project-slug SLUG --environment SLUG) [OPTIONS]";

const std::array table{
    Command{"setup", "NAME --from-context CONTEXT [--provider PROVIDER] [OPTIONS]",
            "Writes a profile, leases a first token to see that it works, and writes the "
            "kubeconfig entry, which becomes the current context. On a terminal it asks "
            "for what is missing. If the lease fails nothing is left behind.",
            "profile, first lease and kubeconfig entry", Needs::nothing, Callers::people,
            declare_setup, run_setup},
    Command{"status", "[NAME] [-o table|json|yaml]",
            "Tells what the next kubectl would use: the current context, its profile, whose token "
            "is cached, for how long, where, and when a server was last asked. Asks no server. "
            "Exits with 1 if no token is there.",
            "what the next kubectl would use", Needs::nothing, Callers::people, declare_status,
            run_status},
    Command{"token", "[NAME]",
            "Prints the token that the next kubectl would use, for curl and scripts; leases one "
            "if none is cached.",
            "print the token, for curl and scripts", Needs::assembly, Callers::people,
            declare_token, run_token},
    Command{"credential", "--profile NAME [--api-version v1|v1beta1]",
            "The exec plugin: prints an ExecCredential for kubectl and its relatives. It takes its "
            "orders from the profile and KUBERNETES_EXEC_INFO, and asks nothing.",
            "the exec plugin that kubeconfigs call", Needs::nothing, Callers::clients,
            declare_credential, run_credential, true},
    Command{"renew-in-background", "", "", "", Needs::nothing, Callers::background, nullptr,
            run_renew_in_background},
    Command{"check-in-background", "", "", "", Needs::nothing, Callers::background, nullptr,
            run_check_in_background},
    Command{"sweep-in-background", "", "", "", Needs::nothing, Callers::background, nullptr,
            run_sweep_in_background},
    Command{"profile add", "NAME --from-context CONTEXT [--provider PROVIDER] [OPTIONS]",
            "Writes a profile: what to lease, for which cluster, asked for by whom.",
            "write a profile", Needs::nothing, Callers::people, declare_profile_add,
            run_profile_add},
    Command{"profile list", "[-o table|wide|name|json|yaml]", "Lists the profiles of this user.",
            "list the profiles", Needs::nothing, Callers::people, declare_profile_list,
            run_profile_list},
    Command{"profile show", "[NAME] [-o table|json|yaml]",
            "Shows every value of a profile and where it comes from.",
            "show a profile and where each value comes from", Needs::profile, Callers::people,
            declare_profile_show, run_profile_show},
    Command{"profile check", "[NAME] [-o table|json|yaml]",
            "Asks the cluster whether the profile can work: is the server there and "
            "trusted, is the requester accepted, may it create the token. Prints the RBAC "
            "rule that is missing. Leases nothing.",
            "ask the cluster whether a profile can work", Needs::assembly, Callers::people,
            declare_profile_check, run_profile_check},
    Command{"profile edit", "[NAME]",
            "Opens a profile in VISUAL or EDITOR, checks what comes back, and writes it only if "
            "it is a profile.",
            "change a profile in an editor", Needs::nothing, Callers::people, declare_profile_edit,
            run_profile_edit},
    Command{"profile rename", "NAME NEW-NAME [--keep-leases]",
            "Gives a profile another name: its file, what 'login' keeps for it and its kubeconfig "
            "entries move along. Leases under the old name are revoked.",
            "give a profile another name", Needs::nothing, Callers::people, declare_profile_rename,
            run_profile_rename},
    Command{"profile remove", "NAME [--keep-leases] [--kubeconfig-entries]",
            "Removes a profile, its cached tokens and the token kept for its requester, and "
            "revokes its leases; where that fails, it goes with --keep-leases. "
            "Kubeconfig entries that name it are told, and taken away with "
            "--kubeconfig-entries.",
            "remove a profile and what is kept for it", Needs::nothing, Callers::people,
            declare_profile_remove, run_profile_remove},
    Command{"kubeconfig add",
            "[NAME...] [--kubeconfig FILE] [--context CONTEXT] [--namespace NAMESPACE] [OPTIONS]",
            "Writes cluster, user and context for each profile. Nothing else in the file "
            "changes, and the same again changes nothing. With -o - they are printed, alone.",
            "write a kubeconfig entry for a profile", Needs::nothing, Callers::people,
            declare_kubeconfig_add, run_kubeconfig_add},
    Command{"kubeconfig list", "[--kubeconfig FILE] [-o table|wide|name|json|yaml]",
            "Lists the contexts that leasehold wrote, in all files that kubectl reads.",
            "list leasehold's kubeconfig entries", Needs::nothing, Callers::people,
            declare_kubeconfig_list, run_kubeconfig_list},
    Command{"kubeconfig diff", "[NAME...] [--kubeconfig FILE]",
            "Shows how the entries of these profiles, or of all that have some, differ from what "
            "'kubeconfig add' would write now. Exit code 1 if one does. Changes nothing.",
            "show where kubeconfig entries have drifted", Needs::nothing, Callers::people,
            declare_kubeconfig_diff, run_kubeconfig_diff},
    Command{"kubeconfig allow-list", "[--command-mode abs|name]",
            "Prints what in ~/.kube/kuberc makes kubectl 1.35 or newer run no plugin but "
            "leasehold.",
            "print kubectl's allow-list of plugins", Needs::nothing, Callers::people,
            declare_kubeconfig_allow_list, run_kubeconfig_allow_list},
    Command{"kubeconfig remove", "NAME | --prune  [--kubeconfig FILE] [--dry-run]",
            "Removes what 'kubeconfig add' or 'setup' wrote for a profile, and nothing "
            "else.",
            "remove a kubeconfig entry of leasehold's", Needs::nothing, Callers::people,
            declare_kubeconfig_remove, run_kubeconfig_remove},
    Command{"kubeconfig wrap", "CONTEXT... | --all  [--dry-run] [--yes] [OPTIONS]",
            "Puts leasehold's cache in front of the exec plugins of contexts: a profile that runs "
            "the plugin, and leasehold in its place in the kubeconfig. What stood there is kept "
            "there. Shows the change first; on a terminal it asks.",
            "put the cache in front of other exec plugins", Needs::nothing, Callers::people,
            declare_kubeconfig_wrap, run_kubeconfig_wrap},
    Command{"kubeconfig unwrap", "CONTEXT... | --all  [--dry-run] [--yes] [OPTIONS]",
            "Puts the plugins of wrapped contexts back as they stood, byte for byte, whatever "
            "else in the file has changed since. The profiles stay.",
            "take the cache out again", Needs::nothing, Callers::people, declare_kubeconfig_unwrap,
            run_kubeconfig_unwrap},
    Command{"lease create",
            "[NAME] [--ttl DURATION] [--namespace NAMESPACE] [--audience AUDIENCE]... "
            "[--allow-prompt] [-o table|json|yaml|token|exec-credential|kubeconfig|env]",
            "Leases a new token now, whatever the stores hold, and does not cache it. The "
            "token itself is printed with every -o but table: kubeconfig stands for itself, env is "
            "for a shell's eval.",
            "lease a token now", Needs::assembly, Callers::people, declare_lease_create,
            run_lease_create},
    Command{"lease list", "[NAME] [--all-holders] [--local] [-o table|wide|name|json|yaml]",
            "Lists leases as the servers and this user's stores know them. Tokens are "
            "never shown.",
            "list leases as servers and stores know them", Needs::nothing, Callers::people,
            declare_lease_list, run_lease_list},
    Command{"lease show", "ID [--profile NAME] [--all-holders] [-o table|json|yaml]",
            "Shows one lease: its record at the server and what the stores hold of it. "
            "The token is never shown.",
            "show one lease", Needs::nothing, Callers::people, declare_lease_show, run_lease_show},
    Command{"lease renew", "ID [--profile NAME] [--ttl DURATION] [-o table|json|yaml]",
            "Renews a lease. A token's own end cannot be moved: where the provider can, "
            "this is a new token under the same lease, so that one revocation ends both. "
            "The token is printed with -o json and -o yaml, and takes the old one's place "
            "in the stores.",
            "a new token under the same lease", Needs::nothing, Callers::people,
            declare_lease_renew, run_lease_renew},
    Command{"lease revoke",
            "ID... | --all | --expired | --profile NAME  [--yes] [-o table|json|yaml]",
            "Ends leases: their tokens stop working within seconds (the API server keeps "
            "a verdict for up to 10 s), and every store forgets them. With --profile alone "
            "all leases of that profile end.",
            "end leases before their time", Needs::nothing, Callers::people, declare_lease_revoke,
            run_lease_revoke},
    Command{"lease prune",
            "[--profile NAME] [--all-holders] [--dry-run] "
            "[-o table|json|yaml]",
            "Removes what is left of leases that have expired: only objects that carry "
            "leasehold's label, an expiry that has passed and a name that leasehold gives, "
            "each under the uid that was seen. Before that it ends the leases of runs of "
            "'leasehold exec' that were killed, and removes their files.",
            "remove what is left of expired leases", Needs::nothing, Callers::people,
            declare_lease_prune, run_lease_prune},
    Command{"exec", "--profile NAME... [OPTIONS] -- CMD...",
            "Runs a command with leases of its own, and a kubeconfig for it alone: in memory, one "
            "context a profile, named by KUBECONFIG. The leases are kept fresh while the command "
            "runs, and revoked when it ends; its exit code is this one's. With the flags of "
            "'profile add' in place of --profile the profile is this run's alone.",
            "run a command with leases of its own", Needs::nothing, Callers::people, declare_exec,
            run_exec},
    Command{"cache list", "[NAME] [--allow-prompt] [-o table|wide|name|json|yaml]",
            "Lists what the stores hold and how fresh it is. Tokens are never shown.",
            "list what the stores hold", Needs::nothing, Callers::people, declare_cache_list,
            run_cache_list},
    Command{"cache clear", "[ID...] [--profile NAME]",
            "Forgets cached tokens: of these leases, of one profile, or all. The tokens themselves "
            "stay "
            "valid until they end.",
            "forget cached tokens", Needs::nothing, Callers::people, declare_cache_clear,
            run_cache_clear},
    Command{"login", "[NAME] [--token-file FILE | --token-stdin] [--no-check] [--allow-prompt]",
            "Keeps the token with which the profile's requester asks for leases in the "
            "secret store, once the server has said that it takes it. Without a flag it is asked "
            "for on the terminal.",
            "keep a requester's token in the secret store", Needs::nothing, Callers::people,
            declare_login, run_login},
    Command{"logout", "[NAME] [--keep-leases]",
            "Revokes the profile's leases as far as they can be revoked, and forgets the "
            "requester's token and every cached token.",
            "end a profile's leases, forget its tokens", Needs::nothing, Callers::people,
            declare_logout, run_logout},
    Command{
        "audit",
        "[--profile NAME] [--event EVENT] [--lease ID] [--jti ID] [--since TIME] [--limit NUMBER] "
        "[-o table|json|yaml]",
        "Prints the audit log: every lease, renewal, revocation, refusal and failure "
        "of this user. A line's jti is the credential id (JTI=...) in the API "
        "server's own audit log.",
        "print the audit log", Needs::nothing, Callers::people, declare_audit, run_audit},
    Command{"infisical definition create", definition_usage,
            "Makes a Kubernetes dynamic secret in the folder of a profile, or in the one that is "
            "named.",
            "make a dynamic secret", Needs::nothing, Callers::people, declare_definition_create,
            run_definition_create},
    Command{"infisical definition list", definition_usage,
            "Lists the dynamic secrets in that folder.", "list dynamic secrets", Needs::nothing,
            Callers::people, declare_definition_list, run_definition_list},
    Command{"infisical definition show", definition_usage,
            "Shows one with its inputs; the cluster's token is masked.", "show a dynamic secret",
            Needs::nothing, Callers::people, declare_definition_show, run_definition_show},
    Command{"infisical definition update", definition_usage,
            "Changes what is given and leaves the rest as it is.", "change a dynamic secret",
            Needs::nothing, Callers::people, declare_definition_update, run_definition_update},
    Command{"infisical definition delete", definition_usage, "Deletes one and revokes its leases.",
            "delete a dynamic secret", Needs::nothing, Callers::people, declare_definition_delete,
            run_definition_delete},
    Command{"doctor", "[NAME] [--offline] [--allow-prompt] [-o table|json|yaml]",
            "Looks for everything that can keep leasehold from working here: directories, "
            "secret stores, CA certificates, profiles, clocks, servers and rights; says "
            "what to do about each. Leases nothing and changes nothing.",
            "find and explain what does not work", Needs::nothing, Callers::people, declare_doctor,
            run_doctor},
    Command{"uninstall", "--user [--dry-run] [--keep-leases] [--yes]",
            "Takes away all that leasehold keeps for this user: revokes leases, removes "
            "kubeconfig entries, profiles, cached and kept tokens, logs and notes. The program "
            "stays.",
            "take away all that is kept for this user", Needs::nothing, Callers::people,
            declare_uninstall, run_uninstall},
    Command{"completion", "bash|zsh|fish",
            "Prints a completion script, for example: source <(leasehold completion bash)",
            "print a completion script for bash, zsh or fish", Needs::nothing, Callers::people,
            declare_completion, run_completion},
    Command{"version", "[-o table|json|yaml]", "Prints the version.", "print the version",
            Needs::nothing, Callers::clients, declare_version, run_version},
    Command{"__complete", "", "", "", Needs::nothing, Callers::people, nullptr, run_complete},
    Command{"__complete-for-kubectl", "", "", "", Needs::nothing, Callers::people, nullptr,
            run_complete_for_kubectl},
};

} // namespace

std::span<const Command> commands() {
    return table;
}

} // namespace leasehold::helper
