#include "helper/providers/infisical/side.hpp"

#include "cache/token_cache.hpp"
#include "helper/process/edges.hpp"
#include "helper/providers/infisical/cli_entry.hpp"
#include "helper/providers/side/holder.hpp"
#include "helper/providers/side/outside.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/lease/infisical/definition.hpp"
#include "src/lease/infisical/provider.hpp"
#include "src/lease/infisical/unused.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/profile/profile.hpp"

#include <any>

namespace leasehold::helper {
namespace {

using lease::infisical::InfisicalSettings;

// Sessions are one for all profiles of a login.
KeptSessions::Whose whose(const InfisicalSettings& settings) {
    const lease::infisical::AuthSettings& auth = settings.auth;
    const std::string& who = !auth.client_id.empty()     ? auth.client_id
                             : !auth.identity_id.empty() ? auth.identity_id
                                                         : auth.email;
    return {"infisical", site_text(settings), who, false, settings.keep_session};
}

} // namespace

InfisicalSide::InfisicalSide(SideParts parts)
    : parts_(std::move(parts)),
      settings_(std::any_cast<const InfisicalSettings&>(parts_.profile.settings)),
      sessions_(parts_.process, parts_.cache, whose(settings_),
                lease::infisical::settings_identity(settings_, lease::Identity::of_login)),
      leases_(parts_.process, parts_.profile, parts_.cache, lease::infisical::place_of(settings_)) {
}

lease::infisical::Owner InfisicalSide::owner() {
    const lease::LeaseHolder holder = find_holder(parts_.process.environment, parts_.profile.path);
    return {leases_, parts_.profile.name, holder.user + '@' + holder.host};
}

lease::infisical::Outside InfisicalSide::outside() {
    return {outside_of(parts_, sessions_),
            [this](const std::string& account) { return find_cli_entry(parts_.process, account); }};
}

std::unique_ptr<lease::LeaseProvider> InfisicalSide::provider() {
    return lease::make_infisical_provider(settings_, parts_.terms.issuer, outside(), owner());
}

std::unique_ptr<lease::LeaseBook> InfisicalSide::book(lease::BookScope scope) {
    return lease::make_infisical_book(settings_, outside(), scope, owner());
}

std::vector<CheckStep> InfisicalSide::check(Deadline deadline) {
    // Listing leases takes the very permission that leasing takes, and changes nothing.
    const auto leases = book(lease::BookScope::all_holders)->list(deadline);
    if (!leases)
        return {failed_step("infisical", leases.error())};
    return {ok_step("site", lease::infisical::site_text(settings_) + " answers"),
            ok_step("login",
                    "accepted by " + std::string(lease::infisical::to_text(settings_.auth.method))),
            ok_step("dynamic secret",
                    quoted(settings_.dynamic_secret) + " of " + quoted(settings_.project_slug) +
                        ", " + quoted(settings_.environment) + ", " + quoted(settings_.path) +
                        " is there, with " + std::to_string(leases->size()) + " leases")};
}

void InfisicalSide::forget_login() {
    sessions_.forget();
    forget_refusals();
}

// Leases do not end with the session here.
void InfisicalSide::end_session(Deadline deadline, bool) {
    const auto ended = lease::infisical::end_kept_session(settings_, outside(), deadline);
    if (!ended)
        parts_.log("the session could not be ended: " + ended.error().message);
    sessions_.forget();
}

std::string InfisicalSide::learn(Deadline deadline) {
    if (!settings_.credential_type.empty())
        return {};
    const lease::infisical::Outside around = outside();
    lease::infisical::Definitions definitions(settings_, around);
    const auto shown = definitions.show(settings_.dynamic_secret, deadline);
    const auto type = shown ? json_string(*shown, {"inputs", "credentialType"}) : std::nullopt;
    if (type != "static" && type != "dynamic") {
        parts_.log("the definition does not tell whether its leases can be revoked" +
                   (shown ? "" : ": " + shown.error().message));
        return {};
    }
    return "  credential-type: " + std::string(*type) + '\n';
}

void InfisicalSide::forget_refusals() {
    // Of a password, which is not part of the name; other secrets make another name.
    sessions_.forget_refusal("ldap-auth");
}

} // namespace leasehold::helper
