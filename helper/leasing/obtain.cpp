#include "helper/leasing/obtain.hpp"

#include "cache/notes/lock.hpp"
#include "cache/notes/refusal.hpp"
#include "helper/leasing/note.hpp"
#include "src/base/digest.hpp"

#include <algorithm>
#include <random>

namespace leasehold::helper {
namespace {

constexpr Seconds longest_kept{24 * 3600};

Obtained from_hit(cache::Hit hit) {
    const LeaseNote note = read_lease_note(hit.record.note).value_or(LeaseNote{});
    const UnixTime ends = lease_end(note, hit.record.lifetime, hit.judgement);
    return {std::move(hit.record.token),
            hit.judgement.reported_expiry,
            hit.record.lifetime,
            hit.store,
            ends,
            note.subject,
            "",
            note.id,
            std::move(hit.record.pair),
            hit.judgement.freshness == cache::Freshness::due};
}

// Under which name a failure is remembered: with the profile's file as it stands and all else that
// it depended on, so that what was edited is tried at once.
std::string refusal_digest(const lease::Profile& profile, const LeaseKey& key) {
    const FileIdentity& file = profile.identity;
    return sha256_hex(key.key.digest_hex() + ' ' + key.circumstances + ' ' +
                      std::to_string(file.device) + ' ' + std::to_string(file.inode) + ' ' +
                      std::to_string(file.modified_ns) + ' ' + std::to_string(file.changed_ns));
}

// Under which name is remembered that an older token does until later.
std::string pause_digest(const std::string& refusal) {
    return sha256_hex(refusal + " pause");
}

class Obtaining {
public:
    Obtaining(const ObtainParts& parts, const lease::Profile& profile,
              const lease::LeaseRequest& request, const LeaseKey& key, Eagerness eagerness,
              Deadline deadline)
        : parts_(parts), profile_(profile), request_(request), key_(key.key),
          refusal_(refusal_digest(profile, key)), eagerness_(eagerness), deadline_(deadline) {}

    Result<Obtained> run() {
        if (auto found = look())
            return *std::move(found);
        if (auto refused = recall())
            return fall_back(*std::move(refused));
        if (auto old = look_in_pause())
            return *std::move(old);
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
        auto error = cache::recall_refusal(parts_.lock_directory, refusal_, parts_.clock.now());
        if (error)
            error->hint += (error->hint.empty() ? "" : "\n") +
                           ("this is what was answered last, and "
                            "is not asked again for " +
                            std::to_string(error->retry_after)) +
                           " s; to try now: leasehold lease create --profile " + profile_.name;
        return error;
    }

    // After a failed attempt an older token does for a while, if it is still good.
    std::optional<Obtained> look_in_pause() {
        const auto failure = cache::recall_refusal(parts_.lock_directory, pause_digest(refusal_),
                                                   parts_.clock.now());
        std::optional<cache::Hit> old = failure ? parts_.cache.last_resort(key_) : std::nullopt;
        return old ? std::optional(from_hit(*std::move(old))) : std::nullopt;
    }

    void remember(const Error& error) {
        const Instant now = parts_.clock.now();
        const Seconds time = cache::refusal_time(error);
        if (time <= Seconds(0))
            return;
        cache::remember_refusal(parts_.lock_directory, refusal_, error, time, now);
        const std::optional<cache::Hit> old = parts_.cache.last_resort(key_);
        if (!old)
            return;
        std::random_device random;
        const Seconds pause = cache::choose_pause(old->judgement, now.wall, random());
        cache::remember_refusal(parts_.lock_directory, pause_digest(refusal_), error, pause, now);
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
        parts_.log("leasing a token in namespace " + request_.namespace_);
        const Instant asked = parts_.clock.now();
        // A tenth of the time is left to those who wait for the lock, to hear what went wrong.
        auto lease = parts_.provider.lease(request_, deadline_.within(deadline_.left() * 9 / 10));
        if (!lease) {
            Error error = std::move(lease).error();
            remember(error);
            return fall_back(std::move(error));
        }
        cache::forget_refusal(parts_.lock_directory, refusal_);
        cache::forget_refusal(parts_.lock_directory, pause_digest(refusal_));
        const cache::Record record = cached_record(parts_.clock, profile_, *lease, key_, asked);
        const cache::Lifetime& lifetime = record.lifetime;
        parts_.cache.save(key_, record);
        const Instant now = parts_.clock.now();
        auto judgement = cache::judge(lifetime, now, lifetime.boot_id);
        // A client that is told of a time that has passed asks again before each request (H15).
        if (judgement.reported_expiry <= now.wall)
            judgement.reported_expiry = now.wall + 10;
        return Obtained{std::move(lease->token),
                        judgement.reported_expiry,
                        lifetime,
                        "",
                        lease->expires,
                        lease->subject,
                        lease->why_not_revocable,
                        lease->id,
                        std::move(lease->pair)};
    }

    const ObtainParts& parts_;
    const lease::Profile& profile_;
    const lease::LeaseRequest& request_;
    const cache::CacheKey& key_;
    std::string refusal_;
    Eagerness eagerness_;
    Deadline deadline_;
};

} // namespace

cache::Record cached_record(const Clock& clock, const lease::Profile& profile,
                            const lease::Lease& lease, const cache::CacheKey& key, Instant asked) {
    std::random_device random;
    // Nothing is kept for longer than a day, whatever its end (JWT-5).
    const Seconds life = std::min(lease.life, longest_kept);
    return {
        key.material(),
        lease.token.clone(),
        write_lease_note(profile, lease),
        cache::plan_lifetime(life, asked, clock.boot_id(), cache::choose_jitter(life, random())),
        cache::machine_identity(),
        lease.pair.clone()};
}

Result<Obtained> obtain(const ObtainParts& parts, const lease::Profile& profile,
                        const lease::LeaseRequest& request, const LeaseKey& key,
                        Eagerness eagerness, Deadline deadline) {
    return Obtaining(parts, profile, request, key, eagerness, deadline).run();
}

void forget_failure(const std::string& lock_directory, const lease::Profile& profile,
                    const LeaseKey& key) {
    const std::string refusal = refusal_digest(profile, key);
    cache::forget_refusal(lock_directory, refusal);
    cache::forget_refusal(lock_directory, pause_digest(refusal));
}

} // namespace leasehold::helper
