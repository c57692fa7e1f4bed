#include "helper/lease_book/left_elsewhere.hpp"

#include "helper/lease_book/listing.hpp"

#include <algorithm>

namespace leasehold::helper {

std::string left_elsewhere_text(const Process& process, const lease::Profile& profile) {
    const auto leases = list_leases(process, profile.name);
    std::string places;
    std::string ids;
    for (const ListedLease& lease : leases ? *leases : std::vector<ListedLease>{}) {
        const std::vector<std::string>& spaces = profile.terms.namespaces;
        const bool same_server = lease.server == profile.cluster.server.text();
        const bool same_space =
            lease.namespace_.empty() || spaces.empty() ||
            std::find(spaces.begin(), spaces.end(), lease.namespace_) != spaces.end();
        if (lease.ended || (same_server && same_space))
            continue;
        const std::string place = same_server ? "namespace " + lease.namespace_ : lease.server;
        if (places.find(place) == std::string::npos)
            places += (places.empty() ? "" : ", ") + place;
        ids += ' ' + lease.id;
    }
    if (ids.empty())
        return {};
    return "leasehold: leases of profile " + profile.name + " go on in " + places +
           ", which it does not name any more\nhint: end them with: leasehold lease revoke" + ids +
           '\n';
}

} // namespace leasehold::helper
