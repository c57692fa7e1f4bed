#include "helper/commands/topics.hpp"

#include "helper/terminal/help_text.hpp"

#include <algorithm>
#include <vector>

namespace leasehold::helper {
namespace {

constexpr TopicLine profiles[] = {
    {"", "A profile says what to lease, for which cluster, and who asks. It is one YAML file of "
         "yours, NAME.yaml in ~/.config/leasehold/profiles, which nobody else may be able to "
         "change. Its cluster is the only one that its tokens are handed to."},
    {"cluster", "server, certificate-authority, tls-server-name, proxy-url"},
    {"provider", "who grants the lease; what it needs stands below its name"},
    {"ttl, max-ttl", "how long a token lasts (1h), and the most that is ever asked for (8h)"},
    {"deadline", "how long a call may take in all"},
    {"recheck", "how old the server's last word on a cached token may be (1m), or off"},
    {"stores", "where tokens are kept, in order: see 'leasehold help stores'"},
    {"environment", "variables that a kubeconfig may set and that plugins get"},
    {"require-cluster-info", "which clients must say what cluster they ask for: auto, true, false"},
};

constexpr TopicLine identities[] = {
    {"", "A requester is the identity with which a profile asks for tokens. The profile says where "
         "its credential is; what is leased belongs to the service account, not to the requester. "
         "Another identity gets leases of its own; one that was merely renewed keeps them."},
    {"--from-context CONTEXT", "the user of a kubeconfig context, whatever that logs in with"},
    {"leasehold login", "a token that is kept in the secret store"},
    {"--requester-token-file FILE", "a token in a file that only you can read"},
    {"--requester-client-certificate FILE", "a client certificate, with --requester-client-key"},
    {"--requester-in-cluster", "the service account of the pod that leasehold runs in"},
    {"--requester-oidc SOURCE", "the CI platform's own JWT: github, variable or file"},
    {"--requester-gateway URL", "a proxy in the cluster that asks in your place"},
    {"", "'leasehold profile check NAME' asks the cluster for every right that the requester needs "
         "and prints what is missing. Other providers have identities of their own: see "
         "'leasehold setup --provider PROVIDER --help'."},
};

constexpr TopicLine leases[] = {
    {"", "A lease is a token and what is known of it: for whom, until when, and, where it can be "
         "revoked, an object in the cluster that it hangs on. Deleting that object ends the token "
         "within about ten seconds."},
    {"static", "--credential static, the default: tokens of a service account that there is"},
    {"dynamic",
     "--credential dynamic: an account for each lease, with a role, gone with the lease"},
    {"renewed", "in the background, in the later half of a lease's time, when a client asks"},
    {"replaced", "where the server refuses the token and its client comes again"},
    {"pruned", "once an hour, if it has ended: 'leasehold lease prune' does it now"},
    {"", "Your own leases are those of this user, machine and profile. --all-holders shows what "
         "the requester may see."},
};

constexpr TopicLine stores[] = {
    {"", "A profile's stores are asked in order. One that is missing, forbidden, full or hangs is "
         "passed over, and the next one serves. Without a setting they are the first three."},
    {"kernel-keyring", "the kernel's memory: until the token ends or the machine restarts"},
    {"secret-service", "the desktop's keyring, encrypted on disk: until the token ends"},
    {"memory", "a private file in memory, where no store before it works (containers)"},
    {"file", "a private file, in the clear; only if you name it"},
    {"none", "nothing is kept: each call leases"},
    {"", "A locked keyring is never unlocked by a client's call; --allow-prompt of login, setup, "
         "lease create, cache list and doctor lets it ask. 'leasehold doctor' tells what works."},
};

constexpr TopicLine kubeconfig[] = {
    {"", "An entry is a cluster, a user that runs 'leasehold credential --profile NAME', and a "
         "context. It holds no secret, and nothing else in the file changes."},
    {"KUBECONFIG", "all files that it names count, as for kubectl; --kubeconfig FILE chooses one"},
    {"current-context", "setup changes it (--keep-current: not); add does so with --set-current"},
    {"names", "a name that is taken is refused; --force keeps the other context beside ours"},
    {"old clients", "--exec-api-version v1beta1 for those that know no other"},
    {"other plugins", "'leasehold kubeconfig wrap' puts the cache in front of them"},
    {"drift", "'leasehold kubeconfig diff' shows what 'kubeconfig add' would write now"},
    {"allow-list", "'leasehold kubeconfig allow-list' is for ~/.kube/kuberc of kubectl 1.35"},
};

constexpr TopicLine ci[] = {
    {"", "On a runner there is no desktop and nobody to ask: nothing needs to be set for that. "
         "The requester is what the job can prove itself with, and no secret need be stored."},
    {"GitHub Actions", "--requester-oidc github --requester-oidc-audience AUDIENCE, and the job's "
                       "permission id-token: write"},
    {"GitLab and others", "--requester-oidc variable --requester-oidc-variable VARIABLE"},
    {"in a pod", "--requester-in-cluster"},
    {"other servers", "'leasehold setup --provider PROVIDER --help', METHOD of --auth"},
    {"one command", "'leasehold exec' revokes its leases when the command ends"},
    {"at the end", "'leasehold logout NAME' ends the leases of a job that shares its runner"},
};

constexpr TopicLine scripts[] = {
    {"",
     "What a pipe gets does not depend on the terminal. Questions are asked on a terminal only; "
     "--yes answers them. Errors go to stderr, and stdout is empty then."},
    {"-o json, -o yaml", "of every command that prints data; docs/json-schema.json has every key"},
    {"-o name, --no-headers", "of lists: the first column alone; without its heading"},
    {"leasehold token", "the token alone; hand it over on stdin, not in an argument"},
    {"leasehold status", "exits with 1 if no token is at hand, and asks no server"},
    {"--NAME-file, --NAME-stdin", "how secrets are given; never in arguments"},
    {"-v", "tells on stderr what is being done"},
};

constexpr TopicLine files[] = {
    {"", "All are this user's alone (0700, 0600). 'leasehold uninstall --user' takes them away."},
    {"profiles", "LEASEHOLD_CONFIG_DIR, else leasehold/ below XDG_CONFIG_HOME or ~/.config"},
    {"locks, short notes, sealed leases", "LEASEHOLD_RUNTIME_DIR, else leasehold/ below "
                                          "XDG_RUNTIME_DIR, XDG_CACHE_HOME or ~/.cache"},
    {"audit log, issuers seen, the store file", "LEASEHOLD_STATE_DIR, else leasehold/ below "
                                                "XDG_STATE_HOME or ~/.local/state"},
    {"", "A path in one of these variables that is relative counts as not set."},
};

constexpr TopicLine environment[] = {
    {"",
     "What a kubeconfig sets by exec.env chooses no profile, program, trust or identity: for "
     "that the variable must be the client's own. 'environment' in a profile makes exceptions."},
    {"KUBECONFIG", "the kubeconfigs, as kubectl reads them"},
    {"LEASEHOLD_CONFIG_DIR, LEASEHOLD_RUNTIME_DIR, LEASEHOLD_STATE_DIR",
     "see 'leasehold help files'"},
    {"HTTPS_PROXY, NO_PROXY", "the way to servers where the profile names no proxy"},
    {"SSL_CERT_FILE, SSL_CERT_DIR", "CAs in place of the system's, where the profile names none"},
    {"VISUAL, EDITOR", "for 'leasehold profile edit'"},
    {"NO_COLOR", "no colours on a terminal"},
    {"KUBERNETES_EXEC_INFO",
     "set by clients; with it nothing but credential, version and help runs"},
};

constexpr TopicLine exit_codes[] = {
    {"", "The same of every command. Clients such as kubectl show the number alone; the message is "
         "on stderr of 'leasehold credential --profile NAME'."},
    {"0", "done"},
    {"1", "an internal error; of status, diff: no token, a difference"},
    {"2", "wrong usage: --help"},
    {"3", "a profile, a kubeconfig or a name is wrong: the message says where"},
    {"4", "denied: 'leasehold profile check NAME' tells which right is missing"},
    {"5", "unreachable: server, proxy, CA"},
    {"6", "timed out"},
    {"7", "an answer that must not be used: what stands between you and the server?"},
    {"8", "secret store: 'leasehold doctor'"},
    {"130", "interrupted"},
};

constexpr Topic all[] = {
    {"profiles",
     "what to lease, for which cluster",
     {"leasehold profile add dev --from-context admin -n ci --service-account web",
      "leasehold profile show dev", "leasehold profile edit dev"},
     profiles},
    {"identities",
     "who asks for leases, and with what",
     {"leasehold setup dev --from-context admin -n ci --service-account web",
      "leasehold login dev --token-file FILE", "leasehold profile check dev"},
     identities},
    {"leases",
     "how long they last, and how they end",
     {"leasehold lease list", "leasehold lease revoke --profile dev",
      "leasehold lease create dev --ttl 15m -o token"},
     leases},
    {"stores",
     "where tokens are kept",
     {"leasehold cache list", "leasehold doctor --offline",
      "leasehold setup dev --from-context admin --store memory --store none"},
     stores},
    {"kubeconfig",
     "the entries that clients read",
     {"leasehold kubeconfig add dev --set-current", "leasehold kubeconfig diff",
      "leasehold kubeconfig remove --prune"},
     kubeconfig},
    {"ci",
     "runners, pods and cron",
     {"leasehold setup ci --server $SERVER --certificate-authority ca.pem \\\n"
      "    -n ci --service-account web --requester-oidc github",
      "leasehold exec --profile ci -- kubectl apply -f deploy.yaml", "leasehold logout ci"},
     ci},
    {"scripts",
     "output for programs",
     {"leasehold status -o json", "leasehold lease list -o name",
      "echo \"Authorization: Bearer $(leasehold token)\" | curl -H @- $SERVER"},
     scripts},
    {"files",
     "what is kept where on this machine",
     {"leasehold doctor --offline", "leasehold cache clear",
      "leasehold uninstall --user --dry-run"},
     files},
    {"environment",
     "the variables that count",
     {"KUBECONFIG=team.yaml leasehold kubeconfig list",
      "HTTPS_PROXY=http://proxy:3128 leasehold lease create dev",
      "EDITOR=nano leasehold profile edit dev"},
     environment},
    {"exit-codes",
     "what the numbers mean",
     {"leasehold status || leasehold lease create", "leasehold credential --profile dev",
      "leasehold doctor"},
     exit_codes},
};

} // namespace

std::span<const Topic> topics() {
    return all;
}

const Topic* find_topic(std::string_view name) {
    const auto* found = std::find_if(std::begin(all), std::end(all),
                                     [&](const Topic& topic) { return topic.name == name; });
    return found == std::end(all) ? nullptr : found;
}

std::string topic_text(const Topic& topic) {
    std::string out = std::string(topic.name) + ": " + topic.summary + "\n\n" +
                      example_lines({topic.examples.begin(), topic.examples.end()});
    const TopicLine* before = nullptr;
    for (const TopicLine& line : topic.lines) {
        const bool is_term = *line.term != '\0';
        if (before != nullptr && !(is_term && *before->term != '\0'))
            out += '\n';
        out += is_term ? term_lines(line.term, line.text) : wrapped(line.text, "");
        before = &line;
    }
    return out;
}

std::string topics_text() {
    std::string out = "Usage: leasehold help TOPIC\n\n";
    for (const Topic& topic : all)
        out += "  " + std::string(topic.name) + std::string(14 - topic.name.size(), ' ') +
               topic.summary + '\n';
    return out;
}

} // namespace leasehold::helper
