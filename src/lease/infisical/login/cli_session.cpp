#include "src/lease/infisical/login/cli_session.hpp"

#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/jwe.hpp"
#include "src/base/names.hpp"
#include "src/lease/identity/unverified_jwt.hpp"
#include "src/lease/infisical/wire/outside.hpp"

#include <vector>

namespace leasehold::lease::infisical {
namespace {

namespace json = boost::json;

constexpr std::int64_t expiry_buffer = 30;
constexpr FileRules own_file{
    .owned_by_me = true, .not_writable_by_others = true, .limit = 256 * 1024};

Error not_logged_in(std::string message, const InfisicalSettings& settings) {
    return make_error(ErrorCode::denied, std::move(message),
                      "run: infisical login --domain " + site_text(settings) +
                          "\nleasehold only reads that session: it starts no browser");
}

// What the CLI knows of its logins: ~/.infisical/infisical-config.json.
struct CliConfig {
    std::string email;
    std::string domain;
    std::string backend;    // "auto" or "file"
    std::string passphrase; // of the file backend, base64
};

std::string text_of(const json::value& value, std::string_view name) {
    return std::string(json_string(value, {name}).value_or(""));
}

// The domain that belongs to an account; the current account's own field, else the list.
std::string domain_of(const json::value& config, const std::string& email) {
    if (email == text_of(config, "loggedInUserEmail"))
        if (const std::string domain = text_of(config, "LoggedInUserDomain"); !domain.empty())
            return domain;
    const json::value* users = json_find(config, {"loggedInUsers"});
    if (users == nullptr || !users->is_array())
        return {};
    for (const json::value& user : users->get_array())
        if (text_of(user, "email") == email)
            return text_of(user, "domain");
    return {};
}

Result<CliConfig> read_config(const InfisicalSettings& settings, const Outside& outside) {
    const std::string path = outside.home + "/.infisical/infisical-config.json";
    LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(path, own_file));
    if (!file)
        return not_logged_in("nobody is logged in with Infisical's CLI", settings);
    LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*file, path, own_file.limit));
    const auto config = parse_json(text);
    if (!config)
        return not_logged_in(quoted(path) + ": " + config.error().message, settings);
    const std::string& wanted = settings.auth.email;
    CliConfig found{wanted.empty() ? text_of(*config, "loggedInUserEmail") : wanted,
                    {},
                    text_of(*config, "vaultBackendType"),
                    text_of(*config, "vaultBackendPassphrase")};
    found.domain = domain_of(*config, found.email);
    if (found.email.empty())
        return not_logged_in("nobody is logged in with Infisical's CLI", settings);
    return found;
}

// The session's token must only go where it came from.
Result<void> check_domain(const CliConfig& config, const InfisicalSettings& settings) {
    const auto site = parse_site(config.domain.empty() ? default_site : config.domain);
    if (site && site->origin() == settings.site.origin() && site->path == settings.site.path)
        return {};
    return not_logged_in(quoted(config.email) + " is logged in to " +
                             quoted(config.domain.empty() ? default_site : config.domain) +
                             ", and not to " + site_text(settings),
                         settings);
}

Result<Secret> passphrase(const CliConfig& config, const Outside& outside) {
    const std::string given = outside.environment.value("INFISICAL_VAULT_FILE_PASSPHRASE");
    if (!given.empty())
        return Secret(std::string_view(given));
    auto kept = base64_decode(config.passphrase);
    if (!kept || kept->empty())
        return make_error(ErrorCode::denied,
                          "the file with the session of Infisical's CLI is "
                          "locked with a passphrase that is not known",
                          "set INFISICAL_VAULT_FILE_PASSPHRASE, as for the CLI itself");
    return Secret::take(*std::move(kept));
}

// The file backend keeps {"Key", "Data": base64 of the value, ...} as a compact JWE.
Result<std::optional<Secret>> read_keyring_file(const CliConfig& config, const Outside& outside) {
    if (config.email.find('/') != std::string::npos)
        return std::optional<Secret>();
    for (const std::string& name : {percent_encoded(config.email), config.email}) {
        const std::string path = outside.home + "/infisical-keyring/" + name;
        LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(path, own_file));
        if (!file)
            continue;
        LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*file, path, own_file.limit));
        LEASEHOLD_TRY_ASSIGN(const Secret key, passphrase(config, outside));
        const auto opened = decrypt_password_jwe(text, key);
        const auto item = opened ? parse_json(opened->reveal()) : make_error(ErrorCode::denied, "");
        auto data = item ? base64_decode(text_of(*item, "Data")) : std::nullopt;
        if (!data)
            return make_error(
                ErrorCode::denied,
                quoted(path) + " cannot be read with the passphrase that is known",
                "set INFISICAL_VAULT_FILE_PASSPHRASE, or run 'infisical login' again");
        return std::optional<Secret>(Secret::take(*std::move(data)));
    }
    return std::optional<Secret>();
}

// Where the CLI would look: its store first, then the file it falls back to.
Result<std::optional<Secret>> find_entry(const CliConfig& config, const Outside& outside) {
    Result<std::optional<Secret>> entry = std::optional<Secret>();
    if (config.backend != "file")
        entry = outside.cli_entry(config.email);
    if (entry && *entry)
        return entry;
    LEASEHOLD_TRY_ASSIGN(auto file, read_keyring_file(config, outside));
    // A store that could not be asked is only told of where nothing else has it.
    return file ? Result<std::optional<Secret>>(std::move(file)) : std::move(entry);
}

} // namespace

Result<Secret> read_cli_session(const InfisicalSettings& settings, const Outside& outside) {
    LEASEHOLD_TRY_ASSIGN(const CliConfig config, read_config(settings, outside));
    LEASEHOLD_TRY(check_domain(config, settings));
    LEASEHOLD_TRY_ASSIGN(const auto entry, find_entry(config, outside));
    if (!entry)
        return not_logged_in("no session of " + quoted(config.email) + " is kept", settings);
    const auto values = parse_json(entry->reveal());
    // The CLI spells it this way.
    const auto token = values ? json_string(*values, {"JTWToken"}) : std::nullopt;
    if (!token || !is_bearer_token(*token))
        return not_logged_in("the session of " + quoted(config.email) + " cannot be read",
                             settings);
    const auto claims = identity::read_unverified(*token);
    if (claims && claims->expires && *claims->expires <= outside.clock.now().wall + expiry_buffer)
        return not_logged_in("the session of " + quoted(config.email) + " has ended", settings);
    return Secret(*token);
}

} // namespace leasehold::lease::infisical
