#include "helper/commands/login_secret.hpp"

#include "helper/terminal/secret_input.hpp"
#include "src/base/names.hpp"
#include "src/base/secret_file.hpp"

namespace leasehold::helper {
namespace {

bool is_given(const Options& options, const lease::KeptFlag& flag) {
    return options.has(flag.file) || options.has(flag.input);
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

void declare_secret_flags(Options& options) {
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::KeptFlag& flag : kind.kept_flags)
            if (!options.declares(flag.file))
                options.value(flag.file, (std::string(flag.help) + ", read from this file").c_str())
                    .flag(flag.input, "the same from standard input");
}

bool secret_is_given(const Options& options) {
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::KeptFlag& flag : kind.kept_flags)
            if (is_given(options, flag))
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
