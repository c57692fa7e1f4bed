#include "src/lease/vault/login/renewal.hpp"

#include <algorithm>

namespace leasehold::lease::vault {
namespace {

using identity::Session;

constexpr Seconds about_the_same{60};

// A limit that was met right after the login may be that of each renewal, and not of all. Asked
// once more before the session is given up.
bool may_be_periodic(const Session& session, Seconds needed, UnixTime now) {
    return Seconds(session.issued - session.created) < about_the_same &&
           !identity::lasts(session, needed, now);
}

} // namespace

bool may_gain(const Session& session, Seconds needed, UnixTime now) {
    const auto left = identity::time_left(session, now);
    if (!session.renewable || !left)
        return false;
    if (*left < session.life / 5)
        return true;
    if (session.period > Seconds(0))
        return *left + about_the_same < std::min(needed, session.period);
    const Seconds longest(session.created + session.max_life.count() - now);
    const bool gains = session.max_life == Seconds(0) || longest > *left + about_the_same ||
                       may_be_periodic(session, needed, now);
    return gains && *left + about_the_same < needed;
}

void learn_limit(const Session& before, Seconds asked, Session& renewed) {
    if (renewed.life + Seconds(5) >= asked)
        return;
    const Seconds end = Seconds(renewed.issued - renewed.created) + renewed.life;
    const bool beyond = before.max_life > Seconds(0) && end > before.max_life + about_the_same;
    const bool periodic = before.period > Seconds(0) || beyond;
    renewed.period = periodic ? renewed.life : Seconds(0);
    renewed.max_life = periodic ? Seconds(0) : end;
}

} // namespace leasehold::lease::vault
