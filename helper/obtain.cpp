#include "helper/obtain.hpp"

#include "cache/lock.hpp"
#include "cache/refusal.hpp"
#include "helper/infisical_side.hpp"
#include "src/base/digest.hpp"
#include "src/lease/requester.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <random>

#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr Seconds longest_kept{24 * 3600};

// How long a failure answers for the calls that follow (LOCK-3): long enough that a loop of
// kubectl calls is no storm, short enough that nobody waits once the cause is mended.
Seconds refusal_time(ErrorCode code) {
    switch (code) {
    case ErrorCode::denied:
        return Seconds(15);
    case ErrorCode::unreachable:
    case ErrorCode::timed_out:
    case ErrorCode::bad_answer:
        return Seconds(5);
    case ErrorCode::internal:
    case ErrorCode::usage:
    case ErrorCode::configuration:
    case ErrorCode::store:
    case ErrorCode::interrupted:
        break;
    }
    return Seconds(0); // found locally, at no cost to anybody
}

Obtained from_hit(cache::Hit hit) {
    return {std::move(hit.record.token), hit.judgement.reported_expiry, hit.record.lifetime,
            hit.store};
}

// Under which name a failure is remembered: with the profile's file as it stands, so that an edited
// profile is tried at once.
std::string refusal_digest(const lease::Profile& profile, const cache::CacheKey& key) {
    const FileIdentity& file = profile.identity;
    return sha256_hex(key.digest_hex() + ' ' + std::to_string(file.device) + ' ' +
                      std::to_string(file.inode) + ' ' + std::to_string(file.modified_ns) + ' ' +
                      std::to_string(file.changed_ns));
}

// What `cache list` and `lease list` show of a lease. One line of printable JSON; no secret.
std::string describe(const lease::Profile& profile, const lease::Lease& lease) {
    const boost::json::object note{
        {"profile", profile.name},
        {"path", profile.path},
        {"provider", profile.provider},
        {"server", profile.cluster.server.text()},
        {"subject", lease.subject},
        {"id", lease.id},
        {"jti", lease.credential_id},
        {"audiences", boost::json::array(lease.audiences.begin(), lease.audiences.end())},
        {"expires", lease.expires}};
    return boost::json::serialize(note);
}

class Obtaining {
public:
    Obtaining(const ObtainParts& parts, const lease::Profile& profile,
              const lease::LeaseRequest& request, const cache::CacheKey& key, Eagerness eagerness,
              Deadline deadline)
        : parts_(parts), profile_(profile), request_(request), key_(key),
          refusal_(refusal_digest(profile, key)), eagerness_(eagerness), deadline_(deadline) {}

    Result<Obtained> run() {
        if (auto found = look())
            return *std::move(found);
        if (auto refused = recall())
            return fall_back(*std::move(refused));
        cache::KeyLock lock =
            cache::KeyLock::acquire(parts_.lock_directory, key_.digest_hex(), deadline_);
        if (lock.state() == cache::KeyLock::State::timed_out)
            return fall_back(make_error(ErrorCode::timed_out,
                                        "another call has been leasing for too long",
                                        "try again; 'leasehold doctor' shows what hangs"));
        // The second look: whoever held the lock may have done the work, or failed at it.
        if (auto found = look())
            return *std::move(found);
        if (auto refused = recall())
            return fall_back(*std::move(refused));
        return lease_now();
    }

private:
    std::optional<Obtained> look() {
        std::optional<cache::Hit> hit = parts_.cache.find(key_);
        if (!hit || hit->judgement.freshness == cache::Freshness::spent)
            return std::nullopt;
        if (eagerness_ == Eagerness::renew && hit->judgement.freshness == cache::Freshness::due)
            return std::nullopt;
        parts_.log("found a lease in the store " + hit->store);
        parts_.cache.promote(key_, *hit);
        return from_hit(*std::move(hit));
    }

    std::optional<Error> recall() {
        return cache::recall_refusal(parts_.lock_directory, refusal_, parts_.clock.now());
    }

    // An older token that its cluster still takes is better than no token.
    Result<Obtained> fall_back(Error error) {
        if (std::optional<cache::Hit> old = parts_.cache.last_resort(key_)) {
            parts_.log("serving the older token, since a new one is not to be had: " +
                       error.message);
            return from_hit(*std::move(old));
        }
        return error;
    }

    Result<Obtained> lease_now() {
        parts_.log("leasing a token for " + profile_.kubernetes.service_account + " in " +
                   request_.namespace_);
        const Instant asked = parts_.clock.now();
        auto lease = parts_.provider.lease(request_, deadline_);
        if (!lease) {
            Error error = std::move(lease).error();
            if (const Seconds time = refusal_time(error.code); time > Seconds(0))
                cache::remember_refusal(parts_.lock_directory, refusal_, error, time,
                                        parts_.clock.now());
            return fall_back(std::move(error));
        }
        cache::forget_refusal(parts_.lock_directory, refusal_);
        std::random_device random;
        // Nothing is kept for longer than a day, whatever its end (JWT-5).
        const Seconds life = std::min(lease->life, longest_kept);
        const auto lifetime = cache::plan_lifetime(life, asked, parts_.clock.boot_id(),
                                                   cache::choose_jitter(life, random()));
        cache::Record record{key_.material(), lease->token.clone(), describe(profile_, *lease),
                             lifetime, cache::machine_identity()};
        parts_.cache.save(key_, record);
        const auto judgement = cache::judge(lifetime, parts_.clock.now(), lifetime.boot_id);
        return Obtained{std::move(lease->token), judgement.reported_expiry, lifetime, ""};
    }

    const ObtainParts& parts_;
    const lease::Profile& profile_;
    const lease::LeaseRequest& request_;
    const cache::CacheKey& key_;
    std::string refusal_;
    Eagerness eagerness_;
    Deadline deadline_;
};

std::string joined_sorted(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    std::string out;
    for (const std::string& text : texts)
        out += std::to_string(text.size()) + ':' + text;
    return out;
}

} // namespace

Result<Obtained> obtain(const ObtainParts& parts, const lease::Profile& profile,
                        const lease::LeaseRequest& request, const cache::CacheKey& key,
                        Eagerness eagerness, Deadline deadline) {
    return Obtaining(parts, profile, request, key, eagerness, deadline).run();
}

void forget_failure(const std::string& lock_directory, const lease::Profile& profile,
                    const cache::CacheKey& key) {
    cache::forget_refusal(lock_directory, refusal_digest(profile, key));
}

lease::LeaseRequest default_request(const lease::Profile& profile) {
    return {profile.ttl, profile.kubernetes.namespace_, profile.kubernetes.audiences};
}

Result<cache::CacheKey> lease_key(const lease::Profile& profile,
                                  const lease::LeaseRequest& request) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    cache::CacheKey::Fields fields{
        {"kind", "lease"},
        {"uid", std::to_string(::geteuid())},
        {"profile", profile.path},
        {"provider", profile.provider},
        {"server", profile.cluster.server.origin() + profile.cluster.server.path},
        {"ca", sha256_hex(ca)},
        {"tls-server-name", profile.cluster.tls_server_name},
        {"requester", lease::requester_identity(profile.kubernetes.requester)},
        {"credential", "static"},
        {"namespace", request.namespace_},
        {"service-account", profile.kubernetes.service_account},
        {"audiences", joined_sorted(request.audiences)},
        {"ttl", std::to_string(request.ttl.count())},
    };
    add_infisical_fields(profile, fields);
    return cache::CacheKey::of(fields);
}

cache::CacheKey bootstrap_key(const lease::Profile& profile) {
    return cache::CacheKey::of({
        {"kind", "bootstrap"},
        {"uid", std::to_string(::geteuid())},
        {"profile", profile.path},
        {"server", profile.cluster.server.origin() + profile.cluster.server.path},
    });
}

} // namespace leasehold::helper
