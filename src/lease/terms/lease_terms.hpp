// What every provider's leases have in common, filled in by each provider's own settings.
#pragma once

#include <string>
#include <vector>

namespace leasehold::lease {

struct LeaseTerms {
    // Those a lease may be in, the first being the default; empty: any, the server choosing.
    std::vector<std::string> namespaces;
    bool others = false;                // beside those, any that the provider finds fit
    std::vector<std::string> audiences; // empty: the API server's own
    std::string issuer;                 // that tokens must name; empty: the first one is remembered
    std::string ttl_text;               // as the profile spells its TTL; empty if it says none

    [[nodiscard]] std::string default_namespace() const {
        return namespaces.empty() ? std::string() : namespaces.front();
    }
};

} // namespace leasehold::lease
