// Who can grant leases: the one table below helper/ that names every provider.
#pragma once

#include "src/base/clock.hpp"
#include "src/lease/identity/asker.hpp"
#include "src/lease/settings/field.hpp"
#include "src/lease/terms/cluster.hpp"
#include "src/lease/terms/lease_terms.hpp"
#include "src/lease/terms/provider_settings.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease {

// What `leasehold login` keeps for a profile in the secret store.
struct KeptSecret {
    std::string name; // for people: "client secret"
    std::string flag; // login's: --FLAG-file, --FLAG-stdin; "" if nothing is asked for
    bool bearer;      // it goes into an Authorization header as it is
    Fields given_for; // where it may be sent, and as whom: after a change it is not found
    // It is not kept itself, but given for a session at once, which is.
    bool traded = false;
};

// Two flags of `leasehold login`, which read a secret from a file or from standard input.
struct KeptFlag {
    std::string_view name; // as in KeptSecret: both flags without what follows it
    const char* file;      // "client-secret-file"
    const char* input;     // "client-secret-stdin"
    const char* help;      // "the client secret"
};

// The user of another's kubeconfig entry, as a requester.
struct BorrowedUser {
    std::vector<std::string> files; // absolute; the first that has the context counts
    std::string context;
};

struct ProviderKind {
    std::string_view name;
    Seconds shortest_ttl;
    std::string_view why_shortest; // a hint
    Seconds usual_deadline;        // of a call, where the profile says none
    bool knows_a_ttl = false;      // its server has one of its own, for requests that name none
    std::string_view variables;    // its own begin so, separated by spaces; "" for none
    std::string_view kept_hint;    // where a profile says that it needs nothing kept
    std::vector<KeptFlag> kept_flags = {}; // for every secret that `kept` may answer
    ProviderSettings (*read)(SettingsSection section, const SettingsPaths& paths,
                             LeaseTerms& terms);
    // What tells one login from another, or beside that one lease from another.
    Fields (*identity)(const ProviderSettings& settings, Identity::Role role);
    // Each value under its path in the file.
    Fields (*shown)(const ProviderSettings& settings, const LeaseTerms& terms);
    // In a word what is leased, for lists.
    std::string (*leased)(const ProviderSettings& settings, const LeaseTerms& terms);
    // Empty if the profile names another place for it, or needs nothing.
    std::optional<KeptSecret> (*kept)(const ProviderSettings& settings,
                                      const ClusterSettings& cluster);
    // Who asks now, by what lies in files and variables.
    identity::Asker (*asker)(const ProviderSettings& settings,
                             const identity::AskerSurroundings& around);
    std::vector<FieldGroup> (*groups)();
    // The kubeconfig context with whose user the profile asks; null: such a provider has none.
    std::optional<BorrowedUser> (*borrowed)(const ProviderSettings& settings) = nullptr;
    Seconds usual_ttl{3600}; // where a profile says none
    // Whether a person may have to be asked for a lease; null: never.
    bool (*asks_a_person)(const ProviderSettings& settings) = nullptr;
    bool keeps_a_book = true; // of its leases, where one that nobody holds can be found
};

// The first is the one of profiles that name none.
[[nodiscard]] std::span<const ProviderKind> provider_kinds();
// Null for a name that no provider has.
[[nodiscard]] const ProviderKind* find_provider(std::string_view name);
// Whether a variable is one that a provider reads.
[[nodiscard]] bool is_a_providers(std::string_view variable);
// All names, for messages: "one, another".
[[nodiscard]] std::string provider_names();

} // namespace leasehold::lease
