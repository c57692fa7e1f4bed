#include "src/lease/settings/proof_fields.hpp"

#include "src/base/hostile_text.hpp"

namespace leasehold::lease {

void need_for_login(SettingsSection& section, std::string_view key, const std::string& value,
                    std::string_view method, const char* hint) {
    if (value.empty())
        section.fail(key,
                     quoted(section.path_of(key)) + " is missing, which " + std::string(method) +
                         " needs",
                     hint);
}

void check_jwt_source(SettingsSection& section, const ProofSettings& settings) {
    if (!settings.jwt_file.empty() && !settings.jwt_variable.empty())
        section.fail("jwt-variable", "both jwt-file and jwt-variable are given");
}

} // namespace leasehold::lease
