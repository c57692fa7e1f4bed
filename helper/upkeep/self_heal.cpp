#include "helper/upkeep/self_heal.hpp"

#include "cache/notes/handing.hpp"
#include "cache/notes/lock.hpp"
#include "helper/leasing/note.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/edges.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/audit_log.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/token_check.hpp"

namespace leasehold::helper {
namespace {

// A client may wait meanwhile.
constexpr Seconds longest_check{3};

std::unique_ptr<http::HttpClient> connect(http::Server server) {
    return http::make_http_client(std::move(server));
}

std::uint64_t tag_of(const Obtained& obtained) {
    return cache::token_tag(credential_mark(obtained.token, obtained.pair));
}

std::string path_of(const ObtainParts& parts, const cache::CacheKey& key) {
    return cache::handing_path(parts.lock_directory, key.digest_hex());
}

class Healing {
public:
    Healing(Assembly& assembly, const cache::CacheKey& key, const Process& process,
            Deadline deadline)
        : assembly_(assembly), parts_(assembly.parts()), key_(key), process_(process),
          deadline_(deadline), path_(path_of(parts_, key)) {}

    [[nodiscard]] cache::Suspicion note(const Obtained& obtained) const {
        const auto asker = cache::find_asker();
        if (!asker)
            return cache::Suspicion::none;
        const cache::Lifetime& life = obtained.lifetime;
        const bool this_boot = life.boot_id == process_.clock.boot_id();
        return cache::note_asking(path_,
                                  {*asker, tag_of(obtained), now(),
                                   this_boot ? life.issued_boot : 0, assembly_.profile().recheck},
                                  cache::Noting::by_full_program);
    }

    // True if the token was dropped from every store, or another call has done so.
    bool drop_if_refused(const Secret& token, const KeyPair& pair) {
        const cache::KeyLock lock =
            cache::KeyLock::acquire(parts_.lock_directory, key_.digest_hex(), deadline_);
        if (lock.state() == cache::KeyLock::State::timed_out)
            return false;
        const auto found = parts_.cache.find(key_);
        if (!found || credential_mark(found->record.token, found->record.pair) !=
                          credential_mark(token, pair))
            return true;
        return cache::may_check(cache::read_healing_times(path_), now()) &&
               ask(token, pair) == lease::TokenVerdict::refused;
    }

    lease::TokenVerdict ask(const Secret& token, const KeyPair& pair) {
        cache::HealingTimes times = cache::read_healing_times(path_);
        // Before the question, so that nobody else asks it or waits for the answer.
        times.checked = now();
        cache::write_healing_times(path_, times);
        const auto verdict =
            lease::check_token(assembly_.profile().cluster, process_.environment, connect, token,
                               deadline_.within(longest_check), pair);
        if (verdict == lease::TokenVerdict::refused)
            drop(times);
        else if (verdict == lease::TokenVerdict::taken && times.replacements != 0) {
            times.replacements = 0;
            cache::write_healing_times(path_, times);
        }
        return verdict;
    }

private:
    [[nodiscard]] std::int64_t now() const { return process_.clock.now().boot; }

    void drop(cache::HealingTimes times) {
        parts_.log("the server does not take the cached token any more: leasing anew");
        times.replaced = now();
        ++times.replacements;
        cache::write_healing_times(path_, times);
        AuditEvent event{.event = "notice",
                         .profile = assembly_.profile().name,
                         .provider = assembly_.profile().provider(),
                         .detail = "the API server refuses the cached token: it is forgotten"};
        if (const auto found = parts_.cache.find(key_))
            if (const auto note = read_lease_note(found->record.note)) {
                event.lease = note->id;
                event.subject = note->subject;
                event.jti = note->jti;
            }
        parts_.cache.forget(key_);
        assembly_.audit().write(event);
    }

    Assembly& assembly_;
    ObtainParts parts_;
    const cache::CacheKey& key_;
    const Process& process_;
    Deadline deadline_;
    std::string path_;
};

} // namespace

bool heal(Assembly& assembly, const lease::LeaseRequest& request, const LeaseKey& key,
          Obtained& obtained, const Process& process, Deadline deadline) {
    if (assembly.parts().lock_directory.empty())
        return false;
    Healing healing(assembly, key.key, process, deadline);
    const cache::Suspicion suspicion = healing.note(obtained);
    if (suspicion != cache::Suspicion::before ||
        !healing.drop_if_refused(obtained.token, obtained.pair))
        return suspicion == cache::Suspicion::behind;
    auto fresh =
        obtain(assembly.parts(), assembly.profile(), request, key, Eagerness::serve, deadline);
    if (fresh)
        obtained = *std::move(fresh);
    return false;
}

void check_cached_token(Assembly& assembly, const LeaseKey& key, const Process& process,
                        Deadline deadline) {
    const auto found = assembly.parts().cache.find(key.key);
    if (found && !assembly.parts().lock_directory.empty())
        (void)Healing(assembly, key.key, process, deadline)
            .drop_if_refused(found->record.token, found->record.pair);
}

bool drop_if_refused(Assembly& assembly, const LeaseKey& key, const Obtained& obtained,
                     const Process& process, Deadline deadline) {
    return Healing(assembly, key.key, process, deadline).ask(obtained.token, obtained.pair) ==
           lease::TokenVerdict::refused;
}

void note_handing(const ObtainParts& parts, const cache::CacheKey& key, const Obtained& obtained) {
    const auto asker = cache::find_asker();
    const std::int64_t now = parts.clock.now().boot;
    if (asker && !parts.lock_directory.empty())
        (void)cache::note_asking(path_of(parts, key),
                                 {*asker, tag_of(obtained), now, now, Seconds(0)},
                                 cache::Noting::by_full_program);
}

} // namespace leasehold::helper
