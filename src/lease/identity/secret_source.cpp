#include "src/lease/identity/secret_source.hpp"

#include "src/base/secret_file.hpp"

namespace leasehold::lease::identity {

Result<std::optional<Secret>> find_secret(const SecretSource& source,
                                          const Environment& environment) {
    if (!source.file.empty()) {
        LEASEHOLD_TRY_ASSIGN(Secret secret, read_secret_file(source.file, source.what));
        return std::optional<Secret>(std::move(secret));
    }
    if (auto secret = secret_in(environment, source.variables))
        return secret;
    return source.kept ? source.kept() : std::optional<Secret>();
}

std::optional<Secret> secret_in(const Environment& environment,
                                const std::vector<std::string_view>& variables) {
    for (const std::string_view name : variables)
        if (std::string value = environment.value(name); !value.empty())
            return Secret::take(std::move(value));
    return std::nullopt;
}

} // namespace leasehold::lease::identity
