#include "helper/upkeep/self_heal.hpp"

#include "cache/notes/handing.hpp"
#include "cache/notes/lock.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/providers/assembly.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/token_check.hpp"

namespace leasehold::helper {
namespace {

// The client waits meanwhile.
constexpr Seconds longest_check{3};

std::unique_ptr<http::HttpClient> connect(http::Server server) {
    return http::make_http_client(std::move(server));
}

std::uint64_t tag_of(const Obtained& obtained) {
    return cache::token_tag(credential_mark(obtained.token, obtained.pair));
}

class Healing {
public:
    Healing(Assembly& assembly, const cache::CacheKey& key, const Environment& environment,
            const Clock& clock, Deadline deadline)
        : assembly_(assembly), parts_(assembly.parts()), key_(key), environment_(environment),
          clock_(clock), deadline_(deadline),
          path_(cache::handing_path(parts_.lock_directory, key.digest_hex())) {}

    [[nodiscard]] bool is_suspected(const Obtained& obtained) const {
        const auto asker = cache::find_asker();
        if (!asker || environment_.value(client_variable).empty())
            return false;
        const auto handing = cache::note_handing(path_, *asker, tag_of(obtained), true);
        return handing.before && cache::may_check(handing.times, clock_.now().boot);
    }

    // True if the token was dropped from every store, or another call has done so.
    bool drop_if_refused(const Obtained& obtained) {
        const cache::KeyLock lock =
            cache::KeyLock::acquire(parts_.lock_directory, key_.digest_hex(), deadline_);
        if (lock.state() == cache::KeyLock::State::timed_out)
            return false;
        const auto found = parts_.cache.find(key_);
        if (!found || credential_mark(found->record.token, found->record.pair) !=
                          credential_mark(obtained.token, obtained.pair))
            return true;
        const std::int64_t now = clock_.now().boot;
        cache::HealingTimes times = cache::read_healing_times(path_);
        if (!cache::may_check(times, now))
            return false;
        // Before the question, so that nobody else asks it or waits for the answer.
        times.checked = now;
        cache::write_healing_times(path_, times);
        const auto verdict =
            lease::check_token(assembly_.profile().cluster, environment_, connect, obtained.token,
                               deadline_.within(longest_check), obtained.pair);
        const bool refused = verdict == lease::TokenVerdict::refused;
        if (refused) {
            parts_.log("the server does not take the cached token any more: leasing anew");
            times.replaced = now;
            cache::write_healing_times(path_, times);
            parts_.cache.forget(key_);
        }
        return refused;
    }

private:
    Assembly& assembly_;
    ObtainParts parts_;
    const cache::CacheKey& key_;
    const Environment& environment_;
    const Clock& clock_;
    Deadline deadline_;
    std::string path_;
};

} // namespace

Obtained heal(Assembly& assembly, const lease::LeaseRequest& request, const LeaseKey& key,
              Obtained obtained, const Environment& environment, const Clock& clock,
              Deadline deadline) {
    if (assembly.parts().lock_directory.empty())
        return obtained;
    Healing healing(assembly, key.key, environment, clock, deadline);
    if (!healing.is_suspected(obtained) || !healing.drop_if_refused(obtained))
        return obtained;
    auto fresh =
        obtain(assembly.parts(), assembly.profile(), request, key, Eagerness::serve, deadline);
    return fresh ? *std::move(fresh) : std::move(obtained);
}

void note_handing(const ObtainParts& parts, const cache::CacheKey& key, const Obtained& obtained) {
    const auto asker = cache::find_asker();
    if (asker && !parts.lock_directory.empty())
        (void)cache::note_handing(cache::handing_path(parts.lock_directory, key.digest_hex()),
                                  *asker, tag_of(obtained), true);
}

} // namespace leasehold::helper
