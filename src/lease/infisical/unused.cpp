#include "src/lease/infisical/unused.hpp"

#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/random.hpp"
#include "src/lease/infisical/lease_list.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"
#include "src/lease/infisical/wire/requests.hpp"

#include <algorithm>

namespace leasehold::lease::infisical {

std::string place_of(const InfisicalSettings& settings) {
    std::string text;
    for (const std::string& part :
         {settings.site.origin() + settings.site.path, settings.organization_slug,
          settings.project_slug, settings.environment, settings.path, settings.dynamic_secret})
        text += std::to_string(part.size()) + ':' + part;
    return sha256_hex(text).substr(0, 32);
}

std::string make_mark() {
    return random_hex(16).value_or("");
}

bool is_unused(const KnownLease& lease, UnixTime now) {
    return lease.unused || (lease.id.empty() && lease.asked + longest_asking.count() < now);
}

Result<void> UnusedLeases::find_ids(std::vector<KnownLease>& leases, Deadline deadline) {
    const auto lacks_id = [](const KnownLease& lease) { return lease.id.empty(); };
    if (std::none_of(leases.begin(), leases.end(), lacks_id))
        return {};
    const auto look = [&](const LeaseRecord& record) {
        for (KnownLease& lease : leases)
            if (lease.id.empty() && !lease.mark.empty() && record.mark == lease.mark)
                lease.id = record.id;
    };
    LEASEHOLD_TRY(for_each_lease(client, settings, "look for a lost lease", look, deadline));
    for (const KnownLease& lease : leases)
        if (lacks_id(lease) && lease.asked + longest_asking.count() < now)
            memory.forget(lease); // it was never made
    std::erase_if(leases, lacks_id);
    return {};
}

Result<void> UnusedLeases::end(bool dry_run, Deadline deadline, std::vector<std::string>& ended) {
    std::vector<KnownLease> leases = memory.all();
    const std::string place = place_of(settings);
    std::erase_if(leases, [&](const KnownLease& lease) {
        return lease.place != place || !is_unused(lease, now);
    });
    LEASEHOLD_TRY(find_ids(leases, deadline));
    for (const KnownLease& lease : leases) {
        if (!dry_run) {
            LEASEHOLD_TRY_ASSIGN(const Answer answer,
                                 client.ask_any(revoke_lease_request(settings, lease.id, false),
                                                Repeat::changes, deadline));
            const int status = answer.response.status;
            if (status != 200 && status != 404)
                return refusal_error(read_refusal(answer.response),
                                     "end the unused lease " + quoted(lease.id));
            const auto record = read_lease_answer(answer.response, "the revocation");
            if (record && record->failed_to_delete())
                continue;
            memory.forget(lease);
        }
        ended.push_back(lease.id);
    }
    return {};
}

} // namespace leasehold::lease::infisical
