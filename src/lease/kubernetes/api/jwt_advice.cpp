#include "src/lease/kubernetes/api/jwt_advice.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/identity/unverified_jwt.hpp"

namespace leasehold::lease {
namespace {

// More would bury the rest of the message.
constexpr std::size_t most_named = 4;

std::string listed(const std::vector<std::string>& audiences) {
    if (audiences.empty())
        return "no audience";
    std::string text;
    for (std::size_t i = 0; i < audiences.size() && i < most_named; ++i)
        text += (i == 0 ? "audience " : ", ") + quoted(audiences[i], 128);
    return text + (audiences.size() > most_named ? " and others" : "");
}

} // namespace

std::string jwt_advice(std::string_view jwt, std::optional<UnixTime> now) {
    const auto claims = identity::read_unverified(jwt);
    if (!claims)
        return "what was sent is no JWT: look at what the platform puts there";
    if (now && claims->expires && *claims->expires <= *now)
        return "the JWT ended at " + format_rfc3339(*claims->expires) +
               ", and the server's clock says " + format_rfc3339(*now) +
               ": the job needs a new one of its platform";
    return "the JWT is of issuer " + quoted(claims->issuer, 128) + ", for " +
           listed(claims->audiences) + ", of subject " + quoted(claims->subject, 128) +
           "\nthe API server must trust that issuer for that audience (--authentication-config), "
           "and "
           "its rules for claims must let that subject in: its log says why it did not";
}

} // namespace leasehold::lease
