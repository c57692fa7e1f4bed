#include "src/lease/vault/login/variables.hpp"

#include "src/base/hostile_text.hpp"

namespace leasehold::lease::vault {

std::optional<std::string> own_variable(const Environment& environment, std::string_view name) {
    auto value = environment.get("BAO_" + std::string(name));
    if (!value)
        value = environment.get("VAULT_" + std::string(name));
    return value && !value->empty() ? std::move(value) : std::nullopt;
}

Result<std::optional<Secret>> own_secret(const Environment& environment, std::string_view name,
                                         const VaultSettings& settings) {
    auto value = own_variable(environment, name);
    if (!value)
        return std::optional<Secret>();
    if (const auto given = own_variable(environment, "ADDR")) {
        const auto address = parse_address(*given);
        if (!address || address->origin() != settings.address.origin()) {
            wipe(*value);
            return make_error(ErrorCode::configuration,
                              "VAULT_ADDR or BAO_ADDR is " + quoted(*given, 128) +
                                  ", and this profile's server is " +
                                  quoted(settings.address.text()) + ": what VAULT_" +
                                  std::string(name) + " holds is for the other one",
                              "unset the variables, or use the profile of that server");
        }
    }
    return std::optional<Secret>(Secret::take(*std::move(value)));
}

} // namespace leasehold::lease::vault
