// One lease for all who want it at once: a lock per key across processes, freed by the kernel when
// its holder dies (LOCK-1 to LOCK-6).
#pragma once

#include "src/base/clock.hpp"
#include "src/base/fd.hpp"

#include <string>
#include <string_view>

namespace leasehold::cache {

class KeyLock {
public:
    enum class State {
        acquired,    // nobody else has it until this object goes
        timed_out,   // somebody had it all the time
        unsupported, // there is nowhere to lock: go on without
    };

    // Locks DIRECTORY/DIGEST.lock, trying until the deadline, at least once. The directory is made
    // if it is missing; one that others can write to counts as unsupported. Lock files are empty
    // and stay for long. Only who holds one may remove it (sweeping.hpp), and what is locked counts
    // only if it is still there: else two processes would hold "the" lock.
    [[nodiscard]] static KeyLock acquire(const std::string& directory, std::string_view key_digest,
                                         Deadline deadline);

    [[nodiscard]] State state() const noexcept { return state_; }
    // Frees it early.
    void release() noexcept;

private:
    KeyLock(State state, Fd file) : state_(state), file_(std::move(file)) {}

    State state_;
    Fd file_;
};

} // namespace leasehold::cache
