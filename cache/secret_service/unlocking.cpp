#include "cache/secret_service/unlocking.hpp"

#include "cache/notes/lock.hpp"
#include "cache/notes/skip_marker.hpp"

namespace leasehold::cache {
namespace {

constexpr const char* marker_name = "secret-service.unanswered";
constexpr Seconds marker_counts_for{5};

std::string lock_digest() {
    return CacheKey::of({{"kind", "secret-service-prompt"}}).digest_hex();
}

// Whether it answers at all, and whether it is open, is found out under the short limit of every
// other question: only a service that said "locked" is given a minute.
StoreResult<void> look(const SecretServiceSettings& settings) {
    const auto found = make_secret_service_store(settings)->get(CacheKey::of({{"kind", "unlock"}}));
    if (!found)
        return found.error();
    return {};
}

bool is_locked(const StoreResult<void>& looked) {
    return !looked && looked.error().fault == StoreFault::locked;
}

StoreError no_prompt(const std::string& why, std::string hint) {
    return {StoreFault::locked, "secret service: it is locked, and " + why, std::move(hint)};
}

// `waited`: what a prompt had for an answer while this call waited counts for it, too, however many
// calls had their turn since then.
StoreResult<void> prompt(const UnlockSettings& settings, Seconds waited) {
    const SkipMarker unanswered(settings.service.marker_directory, marker_name,
                                marker_counts_for + waited);
    if (const auto left = unanswered.time_left())
        return no_prompt("another prompt was just now left unanswered",
                         *left > waited
                             ? "run it again in " + std::to_string((*left - waited).count()) +
                                   " s to be asked"
                             : "run it again to be asked");
    auto asked = ask_to_unlock(settings.service, settings.prompt_limit);
    if (asked)
        asked = look(settings.service);
    if (!asked)
        unanswered.set();
    return asked;
}

} // namespace

StoreResult<void> unlock_with_prompt(const UnlockSettings& settings) {
    if (auto looked = look(settings.service); !is_locked(looked))
        return looked;
    const auto began = std::chrono::steady_clock::now();
    // As long as somebody else's prompt can stand.
    const KeyLock lock =
        KeyLock::acquire(settings.service.marker_directory, lock_digest(),
                         Deadline::after(settings.prompt_limit + settings.service.limit));
    if (lock.state() == KeyLock::State::unsupported)
        return no_prompt("without a runtime directory of our own nobody is asked",
                         "set XDG_RUNTIME_DIR or LEASEHOLD_RUNTIME_DIR");
    if (lock.state() == KeyLock::State::timed_out)
        return no_prompt("another process has a prompt open", "answer or cancel that one");
    // Whoever held the lock may have had it unlocked.
    if (auto looked = look(settings.service); !is_locked(looked))
        return looked;
    return prompt(settings, std::chrono::ceil<Seconds>(std::chrono::steady_clock::now() - began));
}

} // namespace leasehold::cache
