#include "helper/providers/infisical/side.hpp"

#include "cache/notes/lock.hpp"
#include "cache/notes/refusal.hpp"
#include "cache/record/record.hpp"
#include "cache/secret_service/foreign_secret.hpp"
#include "cache/token_cache.hpp"
#include "helper/process/edges.hpp"
#include "helper/providers/side/holder.hpp"
#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/lease/infisical/definition.hpp"
#include "src/lease/infisical/unused.hpp"
#include "src/lease/profile/profile.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <any>
#include <set>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using lease::identity::Session;

// What does not say when it ends is asked for again tomorrow.
constexpr Seconds unknown_life{24 * 3600};
constexpr Seconds safety{30};

// For people who list entries, and for the next look. No "profile", so that it is no lease.
std::string session_note(const lease::infisical::InfisicalSettings& settings,
                         const Session& session) {
    const lease::infisical::AuthSettings& auth = settings.auth;
    const std::string& who = !auth.client_id.empty()     ? auth.client_id
                             : !auth.identity_id.empty() ? auth.identity_id
                                                         : auth.email;
    return boost::json::serialize(boost::json::object{{"session", "infisical"},
                                                      {"server", site_text(settings)},
                                                      {"identity", who},
                                                      {"created", session.created},
                                                      {"issued", session.issued},
                                                      {"life", session.life.count()},
                                                      {"max-life", session.max_life.count()}});
}

std::optional<Session> read_session(const cache::Record& record) {
    const auto note = parse_json(record.note);
    if (!note || json_string(*note, {"session"}) != "infisical")
        return std::nullopt;
    const auto number = [&](std::string_view name) {
        return json_integer(*note, {name}).value_or(0);
    };
    return Session{record.token.clone(), number("created"), number("issued"),
                   Seconds(number("life")), Seconds(number("max-life"))};
}

// Sessions are one for all profiles of a login.
cache::CacheKey session_key(const lease::infisical::InfisicalSettings& settings) {
    cache::CacheKey::Fields fields{{"kind", "session"}, {"uid", std::to_string(::geteuid())}};
    for (auto& field : lease::infisical::settings_identity(settings, lease::Identity::of_login))
        fields.push_back(std::move(field));
    return cache::CacheKey::of(fields);
}

} // namespace

InfisicalSide::InfisicalSide(SideParts parts)
    : parts_(std::move(parts)),
      settings_(std::any_cast<const lease::infisical::InfisicalSettings&>(parts_.profile.settings)),
      key_(session_key(settings_)),
      leases_(parts_.process, parts_.profile, parts_.cache, lease::infisical::place_of(settings_)) {
}

lease::infisical::Owner InfisicalSide::owner() {
    const lease::LeaseHolder holder = find_holder(parts_.process.environment);
    return {leases_, parts_.profile.name, holder.user + '@' + holder.host};
}

lease::infisical::Outside InfisicalSide::outside() {
    return {.environment = parts_.process.environment,
            .clock = parts_.process.clock,
            .home = parts_.process.directories.home,
            .connect =
                [](http::Server server, http::Budgets budgets) {
                    return http::make_http_client(std::move(server), budgets);
                },
            .sessions = this,
            .stored_secret = parts_.stored_secret,
            .cli_entry = [this](const std::string& account) { return cli_entry(account); },
            .log = parts_.log};
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
    forget();
    forget_refusals();
}

// Leases do not end with the session here.
void InfisicalSide::end_session(Deadline deadline, bool) {
    const auto ended = lease::infisical::end_kept_session(settings_, outside(), deadline);
    if (!ended)
        parts_.log("the session could not be ended: " + ended.error().message);
    parts_.cache.forget(key_);
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

std::optional<Session> InfisicalSide::find() {
    const auto hit = parts_.cache.find(key_);
    return hit ? read_session(hit->record) : std::nullopt;
}

void InfisicalSide::save(const Session& session) {
    const Instant now = parts_.process.clock.now();
    const Seconds life =
        std::min(session.life > Seconds(0) ? session.life : unknown_life, settings_.keep_session);
    if (life <= safety)
        return;
    cache::Lifetime lifetime;
    lifetime.issued_wall = session.issued;
    // As many seconds ago by this clock as by the other.
    lifetime.issued_boot = now.boot - (now.wall - session.issued);
    lifetime.boot_id = parts_.process.clock.boot_id();
    lifetime.refresh_after = lifetime.serve_for = lifetime.reported_for = life - safety;
    lifetime.ends_after = life;
    parts_.cache.save(key_,
                      {key_.material(), session.token.clone(), session_note(settings_, session),
                       lifetime, cache::machine_identity()});
}

void InfisicalSide::forget() {
    parts_.cache.forget(key_);
}

std::shared_ptr<void> InfisicalSide::lock(Deadline deadline) {
    return std::make_shared<cache::KeyLock>(
        cache::KeyLock::acquire(parts_.process.directories.runtime, key_.digest_hex(), deadline));
}

std::optional<Error> InfisicalSide::recall_refusal(const std::string& proof) {
    return cache::recall_refusal(parts_.process.directories.runtime, refusal_digest(proof),
                                 parts_.process.clock.now());
}

void InfisicalSide::remember_refusal(const std::string& proof, const Error& error) {
    cache::remember_refusal(parts_.process.directories.runtime, refusal_digest(proof), error,
                            lease::identity::refusal_time, parts_.process.clock.now());
}

void InfisicalSide::forget_refusals() {
    // Of a password, which is not part of the name; other secrets make another name.
    cache::forget_refusal(parts_.process.directories.runtime, refusal_digest("ldap-auth"));
}

std::string InfisicalSide::refusal_digest(const std::string& proof) const {
    return sha256_hex(key_.digest_hex() + ' ' + proof);
}

Result<std::optional<Secret>> InfisicalSide::cli_entry(const std::string& account) const {
    auto found =
        cache::find_foreign_secret({.child = parts_.process.libexec + "/leasehold-secret-service",
                                    .environment = parts_.process.environment,
                                    .marker_directory = parts_.process.directories.runtime},
                                   "infisical-cli", account);
    if (found)
        return *std::move(found);
    if (found.error().fault == cache::StoreFault::unavailable)
        return std::optional<Secret>();
    return make_error(ErrorCode::store,
                      "the session of Infisical's CLI cannot be read: " + found.error().message,
                      found.error().hint);
}

} // namespace leasehold::helper
