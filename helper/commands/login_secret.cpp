#include "helper/commands/login_secret.hpp"

#include "helper/terminal/secret_input.hpp"
#include "src/base/names.hpp"
#include "src/base/secret_file.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

bool is_given(const Options& options, const lease::KeptFlag& flag) {
    return options.has(flag.file) || options.has(flag.input);
}

// Whether a flag is one of a provider's settings: a file that the profile names, and that is read
// whenever a lease is made.
bool is_setting(const lease::ProviderKind& kind, std::string_view flag) {
    for (const lease::FieldGroup& group : kind.groups())
        for (const lease::FieldFacts& facts : group.fields)
            if (facts.flag == flag)
                return true;
    return false;
}

bool is_setting_of_any(std::string_view flag) {
    const auto kinds = lease::provider_kinds();
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](const lease::ProviderKind& kind) { return is_setting(kind, flag); });
}

// The flag of those that were given, else the kept secret's own. One of another provider is a
// mistake: the secret is another one, too.
Result<std::string> given_flag(const Options& options, const lease::ProviderKind& kind,
                               const lease::KeptSecret& kept) {
    for (const lease::KeptFlag& flag : kind.kept_flags)
        if (is_given(options, flag))
            return std::string(flag.name);
    for (const lease::ProviderKind& other : lease::provider_kinds())
        for (const lease::KeptFlag& flag : other.kept_flags)
            if (is_given(options, flag))
                return options.usage_error(
                    "--" + std::string(options.has(flag.file) ? flag.file : flag.input) +
                        " is a flag of provider " + std::string(other.name) +
                        ", and this profile's is " + std::string(kind.name),
                    "give --" + kept.flag + "-file or --" + kept.flag + "-stdin");
    return kept.flag;
}

Result<void> check_secret(const lease::KeptSecret& kept, const Secret& secret) {
    if (secret.empty() || !has_no_control_characters(secret.reveal()))
        return make_error(ErrorCode::usage, "that is no " + kept.name, "it is one line of text");
    return {};
}

} // namespace

void declare_secret_flags(Options& options, Beside beside) {
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::KeptFlag& flag : kind.kept_flags) {
            const bool taken = beside == Beside::settings && is_setting_of_any(flag.file);
            if (!taken && !options.declares(flag.file))
                options.value(flag.file,
                              (std::string(flag.help) + ", read from this file and kept").c_str());
            if (!options.declares(flag.input))
                options.flag(flag.input,
                             (std::string(flag.help) + ", from standard input and kept").c_str());
        }
}

bool secret_is_given(const Options& options, const lease::ProviderKind& kind) {
    for (const lease::ProviderKind& each : lease::provider_kinds())
        for (const lease::KeptFlag& flag : each.kept_flags)
            if (options.has(flag.input) || (options.has(flag.file) && !is_setting(kind, flag.file)))
                return true;
    return false;
}

// A token has no white space at its ends; a password may.
Result<Secret> read_login_secret(const Process& process, const Options& options,
                                 const lease::KeptSecret& kept, const lease::Profile& profile) {
    LEASEHOLD_TRY_ASSIGN(const std::string flag, given_flag(options, *profile.kind, kept));
    LEASEHOLD_TRY_ASSIGN(
        Secret secret, read_secret_input(options, flag, kept.name + " for profile " + profile.name,
                                         process.directories.home));
    if (kept.bearer)
        secret = Secret(without_outer_space(secret.reveal()));
    LEASEHOLD_TRY(check_secret(kept, secret));
    return secret;
}

} // namespace leasehold::helper
