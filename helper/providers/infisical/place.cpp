#include "helper/providers/infisical/place.hpp"

#include "helper/process/edges.hpp"
#include "helper/providers/infisical/cli_entry.hpp"
#include "helper/providers/infisical/flags.hpp"
#include "helper/setting_flags/field_flags.hpp"
#include "src/http/client.hpp"
#include "src/lease/infisical/provider.hpp"

#include <algorithm>

namespace leasehold::helper {

std::optional<lease::identity::Session> OneSession::find() {
    return session_ ? std::optional(session_->clone()) : std::nullopt;
}

void OneSession::save(const lease::identity::Session& session) {
    session_ = session.clone();
}

void declare_infisical_place(Options& options) {
    options.group("Instead of --profile: the site, the folder, and how to log in there");
    declare_fields(options, infisical_place_groups());
}

bool names_infisical_place(const Options& options) {
    for (const lease::FieldGroup& group : infisical_place_groups())
        for (const lease::FieldFacts& facts : group.fields)
            if (!facts.flag.empty() && options.has(std::string(facts.flag).c_str()))
                return true;
    return false;
}

Result<lease::infisical::InfisicalSettings>
InfisicalPlace::read(const Process& process, const Options& options,
                     const std::string& dynamic_secret) {
    LEASEHOLD_TRY_ASSIGN(const std::string yaml,
                         infisical_place_section({process, options, nullptr}, dynamic_secret));
    return lease::infisical::parse_settings(yaml, "what the flags and INFISICAL_* say",
                                            {"", process.directories.home, ""});
}

lease::infisical::Outside InfisicalPlace::outside() {
    lease::infisical::Outside outside{{.environment = process_.environment,
                                       .clock = process_.clock,
                                       .home = process_.directories.home,
                                       .connect =
                                           [](http::Server server, http::Budgets budgets) {
                                               return http::make_http_client(std::move(server),
                                                                             budgets);
                                           },
                                       .sessions = &session_,
                                       .log = [this](std::string_view text) { log(text); }}};
    outside.cli_entry = [this](const std::string& account) {
        return find_cli_entry(process_, account);
    };
    return outside;
}

void InfisicalPlace::leave(Deadline deadline) {
    const auto ended = lease::infisical::end_kept_session(settings_, outside(), deadline);
    if (!ended)
        log("the session could not be ended: " + ended.error().message);
}

void InfisicalPlace::log(std::string_view text) const {
    if (verbose_)
        process_.complain("leasehold: " + std::string(text) + '\n');
}

} // namespace leasehold::helper
