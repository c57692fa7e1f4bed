#include "helper/providers/side/kept_sessions.hpp"

#include "cache/notes/lock.hpp"
#include "cache/notes/refusal.hpp"
#include "cache/token_cache.hpp"
#include "helper/process/edges.hpp"
#include "src/base/digest.hpp"
#include "src/base/json.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using lease::identity::Session;

// What does not say when it ends is asked for again tomorrow.
constexpr Seconds unknown_life{24 * 3600};
constexpr Seconds safety{30};

// For people who list entries, and for the next look. No "profile", so that it is no lease.
std::string session_note(const KeptSessions::Whose& whose, const Session& session) {
    return boost::json::serialize(boost::json::object{{"session", whose.kind},
                                                      {"server", whose.server},
                                                      {"identity", whose.identity},
                                                      {"owns-leases", whose.owns_leases ? 1 : 0},
                                                      {"created", session.created},
                                                      {"issued", session.issued},
                                                      {"life", session.life.count()},
                                                      {"max-life", session.max_life.count()},
                                                      {"renewable", session.renewable ? 1 : 0},
                                                      {"period", session.period.count()}});
}

cache::CacheKey session_key(const cache::CacheKey::Fields& login) {
    cache::CacheKey::Fields fields{{"kind", "session"}, {"uid", std::to_string(::geteuid())}};
    fields.insert(fields.end(), login.begin(), login.end());
    return cache::CacheKey::of(fields);
}

} // namespace

KeptSessions::KeptSessions(const Process& process, cache::TokenCache& cache, Whose whose,
                           const cache::CacheKey::Fields& login)
    : process_(process), cache_(cache), whose_(std::move(whose)), key_(session_key(login)) {}

std::optional<Session> KeptSessions::find() {
    const auto hit = cache_.find(key_);
    const auto note = hit ? parse_json(hit->record.note) : make_error(ErrorCode::store, "");
    if (!note || json_string(*note, {"session"}) != whose_.kind)
        return std::nullopt;
    const auto number = [&](std::string_view name, std::int64_t fallback = 0) {
        return json_integer(*note, {name}).value_or(fallback);
    };
    return Session{
        hit->record.token.clone(), number("created"),           number("issued"),
        Seconds(number("life")),   Seconds(number("max-life")), number("renewable", 1) == 1,
        Seconds(number("period"))};
}

void KeptSessions::save(const Session& session) {
    const Instant now = process_.clock.now();
    const Seconds life =
        std::min(session.life > Seconds(0) ? session.life : unknown_life, whose_.longest);
    if (life <= safety)
        return;
    cache::Lifetime lifetime;
    lifetime.issued_wall = session.issued;
    // As many seconds ago by this clock as by the other.
    lifetime.issued_boot = now.boot - (now.wall - session.issued);
    lifetime.boot_id = process_.clock.boot_id();
    lifetime.refresh_after = lifetime.serve_for = lifetime.reported_for = life - safety;
    lifetime.ends_after = life;
    cache_.save(key_, {key_.material(), session.token.clone(), session_note(whose_, session),
                       lifetime, cache::machine_identity()});
}

void KeptSessions::forget() {
    cache_.forget(key_);
}

std::shared_ptr<void> KeptSessions::lock(Deadline deadline) {
    return std::make_shared<cache::KeyLock>(
        cache::KeyLock::acquire(process_.directories.runtime, key_.digest_hex(), deadline));
}

std::optional<Error> KeptSessions::recall_refusal(const std::string& proof) {
    return cache::recall_refusal(process_.directories.runtime, refusal_digest(proof),
                                 process_.clock.now());
}

void KeptSessions::remember_refusal(const std::string& proof, const Error& error) {
    cache::remember_refusal(process_.directories.runtime, refusal_digest(proof), error,
                            lease::identity::refusal_time, process_.clock.now());
}

void KeptSessions::forget_refusal(const std::string& proof) {
    cache::forget_refusal(process_.directories.runtime, refusal_digest(proof));
}

std::string KeptSessions::refusal_digest(const std::string& proof) const {
    return sha256_hex(key_.digest_hex() + ' ' + proof);
}

} // namespace leasehold::helper
