#include "src/lease/kubernetes/api/token_request.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/http/json_body.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>

namespace leasehold::lease {
namespace {

// Asking for exactly this is read as the kubelet's own and may be extended to a year (F20).
constexpr std::int64_t kubelet_seconds = 3607;
// Clocks that are no further apart agree.
constexpr std::int64_t clock_leeway = 60;

Error bad_answer(std::string why) {
    return make_error(ErrorCode::bad_answer,
                      "the API server answered the token request with something unusable: " +
                          std::move(why));
}

std::vector<std::string> read_warnings(const http::Response& response) {
    std::vector<std::string> warnings;
    for (const http::Header& header : response.headers)
        if (warnings.size() < 8 && http::same_header_name(header.name, "Warning"))
            warnings.push_back(hostile_text(header.value));
    return warnings;
}

// What time it was for the issuer, as far as it can be known. A Date may be that of a load balancer
// or a proxy, whose clock is nobody's: where it is far from the token's own `iat`, it counts only
// if ours agrees with it, since then the token is an old one.
std::optional<UnixTime> issuers_clock(const Claims& claims, std::optional<UnixTime> date,
                                      UnixTime ours) {
    if (!claims.issued || !date)
        return claims.issued ? claims.issued : date;
    const auto is_near = [](UnixTime a, UnixTime b) { return std::abs(a - b) <= clock_leeway; };
    if (is_near(*date, *claims.issued))
        return date;
    return *date > *claims.issued && is_near(*date, ours) ? date : claims.issued;
}

} // namespace

http::Request token_request(const TokenWish& wish) {
    std::int64_t seconds = wish.ttl.count();
    if (seconds == kubelet_seconds)
        --seconds;
    boost::json::object spec;
    spec["expirationSeconds"] = seconds;
    if (!wish.audiences.empty())
        spec["audiences"] = boost::json::array(wish.audiences.begin(), wish.audiences.end());
    if (wish.bound_to)
        spec["boundObjectRef"] =
            boost::json::object{{"apiVersion", names_of(wish.bound_to->kind).api_version},
                                {"kind", names_of(wish.bound_to->kind).kind},
                                {"name", wish.bound_to->name},
                                {"uid", wish.bound_to->uid}};
    const boost::json::object body{{"apiVersion", "authentication.k8s.io/v1"},
                                   {"kind", "TokenRequest"},
                                   {"spec", std::move(spec)}};
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1/namespaces/" + wish.namespace_ + "/serviceaccounts/" +
                     wish.service_account + "/token";
    request.content_type = "application/json";
    request.body = Secret(boost::json::serialize(body));
    return request;
}

Result<Lease> read_token_answer(const http::Response& response, const TokenWish& wish,
                                UnixTime sent) {
    const auto body = http::json_body(response);
    if (!body)
        return not_the_api(response, "the token request");
    const auto token = json_string(*body, {"status", "token"});
    const auto end =
        parse_rfc3339(json_string(*body, {"status", "expirationTimestamp"}).value_or(""));
    if (!token || !is_bearer_token(*token))
        return bad_answer("it holds no token");
    if (!end)
        return bad_answer("it does not say when the token ends");
    LEASEHOLD_TRY_ASSIGN(Claims claims, read_claims(*token));
    const auto server_now =
        issuers_clock(claims, parse_http_date(response.header("Date").value_or("")), sent);
    const std::int64_t now = server_now.value_or(sent);
    LEASEHOLD_TRY(check_claims(claims, {.namespace_ = wish.namespace_,
                                        .service_account = wish.service_account,
                                        .audiences = wish.audiences,
                                        .issuer = wish.issuer,
                                        .account_uid = wish.account_uid,
                                        .secret_uid = wish.bound_to ? wish.bound_to->uid : "",
                                        .ttl = wish.ttl,
                                        .server_now = now}));
    // Both ends and the start are by the server's clock (JWT-4).
    const std::int64_t start = claims.issued.value_or(now);
    const std::int64_t life = std::min(*end, claims.expires) - std::max(start, now);
    if (life <= 0)
        return bad_answer("the token has expired already");
    Lease lease;
    lease.token = Secret(*token);
    lease.id = claims.id;
    lease.credential_id = claims.id;
    lease.subject = claims.subject;
    lease.issuer = claims.issuer;
    lease.audiences = std::move(claims.audiences);
    lease.life = Seconds(life);
    lease.issued = sent;
    lease.expires = sent + life;
    if (server_now)
        lease.clock_skew = Seconds(*server_now - sent);
    lease.warnings = read_warnings(response);
    return lease;
}

} // namespace leasehold::lease
