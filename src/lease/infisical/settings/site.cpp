// A site's address, as people write it and as it is asked.
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/settings/server_address.hpp"

namespace leasehold::lease::infisical {

Result<Url> parse_site(std::string_view text) {
    LEASEHOLD_TRY_ASSIGN(Url site, parse_server_address(text, "the Infisical site"));
    if (site.path != "/api" && !site.path.ends_with("/api"))
        site.path += "/api";
    return site;
}

std::string site_text(const InfisicalSettings& settings) {
    std::string text = settings.site.text();
    if (text.ends_with("/api"))
        text.resize(text.size() - 4);
    return text;
}

} // namespace leasehold::lease::infisical
