#include "helper/providers/infisical_check.hpp"

#include "src/base/hostile_text.hpp"

namespace leasehold::helper {

std::vector<CheckStep> check_infisical(InfisicalSide& side, const lease::Profile& profile,
                                       Deadline deadline) {
    const lease::infisical::InfisicalSettings& settings = profile.infisical;
    // Listing leases takes the very permission that leasing takes, and changes nothing.
    const auto book = side.book(lease::BookScope::all_holders);
    const auto leases = book->list(deadline);
    const std::string name = quoted(settings.dynamic_secret) + " of " +
                             quoted(settings.project_slug) + ", " + quoted(settings.environment) +
                             ", " + quoted(settings.path);
    if (!leases) {
        const Error& error = leases.error();
        return {{"infisical", CheckStep::State::failed, error.message, error.hint, error.code}};
    }
    return {{"site", CheckStep::State::ok, lease::infisical::site_text(settings) + " answers", "",
             ErrorCode::internal},
            {"login", CheckStep::State::ok,
             "accepted by " + std::string(lease::infisical::to_text(settings.auth.method)), "",
             ErrorCode::internal},
            {"dynamic secret", CheckStep::State::ok,
             name + " is there, with " + std::to_string(leases->size()) + " leases", "",
             ErrorCode::internal}};
}

} // namespace leasehold::helper
