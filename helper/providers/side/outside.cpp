#include "helper/providers/side/outside.hpp"

#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"

namespace leasehold::helper {

lease::identity::Outside outside_of(const SideParts& parts,
                                    lease::identity::SessionStore& sessions) {
    return {.environment = parts.process.environment,
            .clock = parts.process.clock,
            .home = parts.process.directories.home,
            .connect =
                [](http::Server server, http::Budgets budgets) {
                    return http::make_http_client(std::move(server), budgets);
                },
            .sessions = &sessions,
            .stored_secret = parts.stored_secret,
            .profile = parts.profile.name,
            .log = parts.log};
}

} // namespace leasehold::helper
