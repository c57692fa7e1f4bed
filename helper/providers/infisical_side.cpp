#include "helper/providers/infisical_side.hpp"

#include "cache/notes/lock.hpp"
#include "cache/notes/refusal.hpp"
#include "cache/secret_service/foreign_secret.hpp"
#include "src/base/digest.hpp"
#include "src/base/json.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using lease::infisical::Session;

// What does not say when it ends is asked for again tomorrow.
constexpr Seconds unknown_life{24 * 3600};
constexpr Seconds longest_kept{30 * 24 * 3600};
constexpr Seconds safety{30};

// For people who list entries, and for the next look. No "profile", so that it is no lease.
std::string session_note(const Session& session) {
    return boost::json::serialize(boost::json::object{{"session", "infisical"},
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

} // namespace

cache::CacheKey session_key(const lease::Profile& profile) {
    cache::CacheKey::Fields fields{{"kind", "session"}, {"uid", std::to_string(::geteuid())}};
    for (const auto& field : lease::infisical::login_identity(profile.infisical))
        fields.push_back(field);
    return cache::CacheKey::of(fields);
}

void add_infisical_fields(const lease::Profile& profile, cache::CacheKey::Fields& fields) {
    if (profile.provider != "infisical")
        return;
    for (const auto& field : lease::infisical::login_identity(profile.infisical))
        fields.push_back(field);
    for (const auto& field : lease::infisical::secret_identity(profile.infisical))
        fields.push_back(field);
}

InfisicalSide::InfisicalSide(const Process& process, const lease::Profile& profile,
                             cache::TokenCache& cache, StoredSecret stored_secret,
                             std::function<void(std::string_view)> log)
    : process_(process), profile_(profile), cache_(cache), stored_secret_(std::move(stored_secret)),
      log_(std::move(log)), key_(session_key(profile)) {}

lease::infisical::Outside InfisicalSide::outside() {
    return {.environment = process_.environment,
            .clock = process_.clock,
            .home = process_.directories.home,
            .connect =
                [](http::Server server, http::Budgets budgets) {
                    return http::make_http_client(std::move(server), budgets);
                },
            .sessions = this,
            .stored_secret = stored_secret_,
            .cli_entry = [this](const std::string& account) { return cli_entry(account); },
            .log = log_};
}

std::unique_ptr<lease::LeaseProvider> InfisicalSide::provider(std::string issuer) {
    return lease::make_infisical_provider(profile_.infisical, std::move(issuer), outside());
}

std::unique_ptr<lease::LeaseBook> InfisicalSide::book(lease::BookScope scope) {
    auto ours = std::make_shared<std::set<std::string>>();
    for (const cache::Hit& hit : cache_.list())
        if (const auto note = parse_json(hit.record.note))
            if (const auto id = json_string(*note, {"id"}))
                ours->emplace(*id);
    return lease::make_infisical_book(profile_.infisical, outside(), scope,
                                      [ours](const std::string& id) { return ours->contains(id); });
}

void InfisicalSide::end_session(Deadline deadline) {
    const auto ended = lease::infisical::end_kept_session(profile_.infisical, outside(), deadline);
    if (!ended)
        log_("the session could not be ended: " + ended.error().message);
    cache_.forget(key_);
}

std::optional<Session> InfisicalSide::find() {
    const auto hit = cache_.find(key_);
    return hit ? read_session(hit->record) : std::nullopt;
}

void InfisicalSide::save(const Session& session) {
    const Instant now = process_.clock.now();
    const Seconds life =
        std::min(session.life > Seconds(0) ? session.life : unknown_life, longest_kept);
    if (life <= safety)
        return;
    cache::Lifetime lifetime;
    lifetime.issued_wall = session.issued;
    // As many seconds ago by this clock as by the other.
    lifetime.issued_boot = now.boot - (now.wall - session.issued);
    lifetime.boot_id = process_.clock.boot_id();
    lifetime.refresh_after = lifetime.serve_for = lifetime.reported_for = life - safety;
    lifetime.ends_after = life;
    cache_.save(key_, {key_.material(), session.token.clone(), session_note(session), lifetime,
                       cache::machine_identity()});
}

void InfisicalSide::forget() {
    cache_.forget(key_);
}

std::shared_ptr<void> InfisicalSide::lock(Deadline deadline) {
    return std::make_shared<cache::KeyLock>(
        cache::KeyLock::acquire(process_.directories.runtime, key_.digest_hex(), deadline));
}

std::optional<Error> InfisicalSide::recall_refusal(const std::string& proof) {
    return cache::recall_refusal(process_.directories.runtime, refusal_digest(proof),
                                 process_.clock.now());
}

void InfisicalSide::remember_refusal(const std::string& proof, const Error& error) {
    cache::remember_refusal(process_.directories.runtime, refusal_digest(proof), error,
                            lease::infisical::refusal_time, process_.clock.now());
}

void InfisicalSide::forget_refusals() {
    // Of a password, which is not part of the name; other secrets make another name.
    cache::forget_refusal(process_.directories.runtime, refusal_digest("ldap-auth"));
}

std::string InfisicalSide::refusal_digest(const std::string& proof) const {
    return sha256_hex(key_.digest_hex() + ' ' + proof);
}

Result<std::optional<Secret>> InfisicalSide::cli_entry(const std::string& account) const {
    auto found =
        cache::find_foreign_secret({.child = process_.libexec + "/leasehold-secret-service",
                                    .environment = process_.environment,
                                    .marker_directory = process_.directories.runtime},
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
