// A session: the access token that a login gave, with what decides over it. Pure, but for the
// store it may be kept in, which belongs to the layer above.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::identity {

// All times by the local clock.
struct Session {
    Secret token;
    UnixTime created = 0; // of the login; renewals keep it
    UnixTime issued = 0;  // of the last login or renewal, taken before the request went out
    Seconds life{0};      // from `issued`; 0: it does not say
    Seconds max_life{0};  // from `created`: what renewals cannot go beyond; 0: unknown
    bool renewable = true;
    // What each renewal gives, as often as it is asked for; 0: not known to be so. max_life is 0
    // then.
    Seconds period{0};

    [[nodiscard]] Session clone() const;
};

// Whether a session can still be used for a request that starts now: more than 30 s are left.
[[nodiscard]] bool is_usable(const Session& session, UnixTime now);

// How much of it is left; empty if it does not say.
[[nodiscard]] std::optional<Seconds> time_left(const Session& session, UnixTime now);

// Whether it need not be replaced for a use that needs it for `needed`: it lasts so long, or is as
// good as new, so that another would last no longer.
[[nodiscard]] bool lasts(const Session& session, Seconds needed, UnixTime now);

// Whether it should be renewed before it is used, and may be: less than a fifth is left, and the
// renewed token would end within max_life, since some servers delete a token whose renewal would
// cross that.
[[nodiscard]] bool should_renew(const Session& session, UnixTime now);

// Nothing is taken to live for longer than this, whatever a server says.
inline constexpr Seconds longest_session{10LL * 366 * 24 * 3600};

// The shorter of what a login's answer says (`expires_in`; 0 or less: nothing) and what the token
// itself says by its server's own clock, if it is a JWT. 0: neither says anything.
[[nodiscard]] Seconds session_life(std::int64_t expires_in, std::string_view token);

// Where sessions and failed logins outlive the process. Nothing of it fails a call.
class SessionStore {
public:
    virtual ~SessionStore() = default;
    [[nodiscard]] virtual std::optional<Session> find() = 0;
    virtual void save(const Session& session) = 0;
    virtual void forget() = 0;
    // Keeps others from logging in at the same time until the result is dropped; null if that
    // cannot be had within the deadline.
    [[nodiscard]] virtual std::shared_ptr<void> lock(Deadline deadline) = 0;
    // A login that was refused is not tried again with the same proof for a while, so that a loop
    // of calls cannot lock the identity out. `proof` tells one secret from another; no secret.
    [[nodiscard]] virtual std::optional<Error> recall_refusal(const std::string& proof) = 0;
    virtual void remember_refusal(const std::string& proof, const Error& error) = 0;
};

// For how long. A server may forget failures after 30 s and lock at the third, or lock at the fifth
// for 15 minutes.
inline constexpr Seconds refusal_time{60};

} // namespace leasehold::lease::identity
