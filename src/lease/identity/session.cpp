#include "src/lease/identity/session.hpp"

#include "src/lease/identity/unverified_jwt.hpp"

#include <algorithm>

namespace leasehold::lease::identity {
namespace {

constexpr std::int64_t safety = 30;
constexpr Seconds about_the_same{60};

} // namespace

Session Session::clone() const {
    return {token.clone(), created, issued, life, max_life, renewable, period};
}

bool is_usable(const Session& session, UnixTime now) {
    if (session.token.empty() || now < session.issued)
        return false;
    return session.life == Seconds(0) || now + safety < session.issued + session.life.count();
}

std::optional<Seconds> time_left(const Session& session, UnixTime now) {
    if (session.life == Seconds(0))
        return std::nullopt;
    return Seconds(session.issued + session.life.count() - now);
}

bool lasts(const Session& session, Seconds needed, UnixTime now) {
    const auto left = time_left(session, now);
    // After renewals `life` is what was left to them, and max_life what a login gives.
    const Seconds of_another =
        session.period > Seconds(0) ? session.period : std::max(session.life, session.max_life);
    return !left || *left + about_the_same >= std::min(needed, of_another);
}

bool should_renew(const Session& session, UnixTime now) {
    const std::int64_t life = session.life.count();
    if (life == 0 || session.max_life == Seconds(0) || !is_usable(session, now))
        return false;
    const std::int64_t left = session.issued + life - now;
    return left < life / 5 && now - session.created + life <= session.max_life.count();
}

Seconds session_life(std::int64_t expires_in, std::string_view token) {
    std::int64_t life = std::max<std::int64_t>(expires_in, 0);
    const auto claims = read_unverified(token);
    if (claims && claims->expires && claims->issued) {
        const std::int64_t own = std::max<std::int64_t>(*claims->expires - *claims->issued, 1);
        life = life == 0 ? own : std::min(life, own);
    }
    return std::min(Seconds(life), longest_session);
}

} // namespace leasehold::lease::identity
