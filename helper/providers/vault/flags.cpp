#include "helper/providers/vault/flags.hpp"

#include "helper/setting_flags/field_flags.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <array>

namespace leasehold::helper {
namespace {

using lease::FieldFacts;
using lease::vault::AuthMethod;

// BAO_X that is set to "" hides VAULT_X, as in OpenBao's own tools.
bool counts(const Environment& environment, const FieldFacts& facts) {
    return facts.variables.front().empty() || environment.get(facts.variables.front()) != "";
}

// With it the tools believe any server.
Result<void> check_verification(const Environment& environment) {
    for (const char* name : {"BAO_SKIP_VERIFY", "VAULT_SKIP_VERIFY"}) {
        const std::string value = environment.value(name);
        constexpr std::array<std::string_view, 4> yes{"1", "t", "true", "TRUE"};
        if (std::find(yes.begin(), yes.end(), value) != yes.end())
            return make_error(ErrorCode::configuration,
                              std::string(name) + " turns the verification of TLS off",
                              "leasehold sends no credential over TLS that is not verified: unset "
                              "it, and give the server's CA with --vault-certificate-authority "
                              "FILE or VAULT_CACERT");
    }
    return {};
}

bool needs(AuthMethod method, std::string_view key) {
    return (key == "role-id" && method == AuthMethod::approle) ||
           (key == "username" && lease::vault::is_password_method(method)) ||
           (key == "role" && (method == AuthMethod::kubernetes || method == AuthMethod::aws ||
                              method == AuthMethod::gcp || method == AuthMethod::azure));
}

Result<void> check_needed(const DraftingInput& input, const lease::FieldGroup& auth,
                          const FieldSource& source) {
    const auto method =
        lease::vault::parse_auth_method(input.options.text("auth").value_or("token"));
    for (const FieldFacts& facts : auth.fields)
        if (method && needs(*method, facts.key) && field_value(source, facts).empty())
            return missing_field(input.options, facts);
    return {};
}

} // namespace

Result<std::string> vault_section(const DraftingInput& input) {
    LEASEHOLD_TRY(check_verification(input.process.environment));
    if (input.options.texts("namespace").size() > 1)
        return input.options.usage_error("--namespace is given twice",
                                         "a lease of this provider has one");
    const std::vector<lease::FieldGroup> groups = lease::vault::setting_groups();
    FieldSource source{input.process, input.options};
    source.takes_variables = [&](const FieldFacts& facts) {
        return counts(input.process.environment, facts);
    };
    YamlLines yaml;
    yaml.section(0, "vault");
    for (const FieldFacts& facts : groups[0].fields)
        if (facts.key == "address" && field_value(source, facts).empty())
            return missing_field(input.options, facts);
    LEASEHOLD_TRY(write_fields(yaml, 2, groups[0], source));
    yaml.value(2, "namespace", input.options.text("namespace").value_or(""));
    LEASEHOLD_TRY(write_fields(yaml, 2, groups[1], source));
    LEASEHOLD_TRY(check_needed(input, groups[2], source));
    yaml.section(2, "auth");
    if (!input.options.has("auth"))
        yaml.value(4, "method", "token");
    LEASEHOLD_TRY(write_fields(yaml, 4, groups[2], source));
    return yaml.take();
}

} // namespace leasehold::helper
