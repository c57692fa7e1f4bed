#include "src/lease/vault/login/token_file.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/process.hpp"
#include "src/base/secret_file.hpp"
#include "src/lease/vault/login/variables.hpp"

#include <optional>
#include <vector>

namespace leasehold::lease::vault {
namespace {

constexpr FileRules own_file{
    .owned_by_me = true, .not_writable_by_others = true, .limit = 64 * 1024};

Error not_logged_in(std::string message, const VaultSettings& settings) {
    const std::string address = shell_word(settings.address.text());
    return make_error(ErrorCode::denied, std::move(message),
                      "run: VAULT_ADDR=" + address + " vault login (or BAO_ADDR=" + address +
                          " bao login)");
}

// The one key of these files, in HCL: token_helper = "/path".
std::optional<std::string> helper_in(std::string_view text) {
    constexpr std::string_view key = "token_helper";
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        line = without_outer_space(line);
        if (!line.starts_with(key))
            continue;
        const std::size_t begin = line.find('"');
        const std::size_t end = line.rfind('"');
        if (begin != std::string_view::npos && end > begin + 1)
            return std::string(line.substr(begin + 1, end - begin - 1));
    }
    return std::nullopt;
}

Result<std::optional<std::string>> find_helper(const Outside& outside) {
    std::vector<std::string> files{outside.home + "/.bao", outside.home + "/.vault"};
    if (const auto given = own_variable(outside.environment, "CONFIG_PATH"))
        files = {*given};
    for (const std::string& path : files) {
        LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(path, own_file));
        if (!file)
            continue;
        LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*file, path, own_file.limit));
        if (auto helper = helper_in(text))
            return helper;
    }
    return std::optional<std::string>();
}

// As the tools run it: by a shell, with both variables for the address.
Result<Secret> ask_helper(const std::string& helper, const VaultSettings& settings,
                          const Outside& outside, Deadline deadline) {
    ChildOptions child;
    child.argv = {"/bin/sh", "-c", helper + " get"};
    child.environment = outside.environment.all();
    // A token of another server's is none of the helper's business.
    for (const char* name : {"BAO_TOKEN", "VAULT_TOKEN"})
        child.environment.erase(name);
    child.environment["BAO_ADDR"] = child.environment["VAULT_ADDR"] = settings.address.text();
    child.output_limit = 64 * 1024;
    child.ends_with_us = true;
    outside.log("asking the token helper");
    LEASEHOLD_TRY_ASSIGN(const ChildOutcome outcome, run_child(child, deadline));
    if (outcome.end == ChildOutcome::End::interrupted)
        return make_error(ErrorCode::interrupted, "interrupted");
    if (outcome.end != ChildOutcome::End::exited || outcome.status != 0)
        return make_error(ErrorCode::denied,
                          "the token helper " + quoted(helper) +
                              " failed: " + hostile_text(outcome.error_output),
                          "it is named in ~/.vault or ~/.bao");
    Secret token(without_outer_space(outcome.output.reveal()));
    if (token.empty())
        return not_logged_in("the token helper has no token", settings);
    return token;
}

} // namespace

std::string cli_token_file(const Environment& environment, const std::string& home) {
    const std::string given = environment.value("BAO_TOKEN_PATH");
    return given.empty() ? home + "/.vault-token" : given;
}

Result<Secret> read_cli_token(const VaultSettings& settings, const Outside& outside,
                              Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(const auto helper, find_helper(outside));
    if (helper)
        return ask_helper(*helper, settings, outside, deadline);
    const std::string path = cli_token_file(outside.environment, outside.home);
    LEASEHOLD_TRY_ASSIGN(const auto there, open_checked(path, {.limit = 64 * 1024}));
    if (!there)
        return not_logged_in("there is no token in " + quoted(path), settings);
    return read_token_file(path, "token file");
}

} // namespace leasehold::lease::vault
