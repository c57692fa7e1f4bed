#include "src/lease/infisical/wire/outside.hpp"

#include "src/base/hostile_text.hpp"

namespace leasehold::lease::infisical {
namespace {

// These services answer at once or are not there.
constexpr http::Budgets quick{
    .resolve = Seconds(2), .connect = Seconds(2), .handshake = Seconds(5), .response = Seconds(5)};

struct Place {
    http::Server server;
    std::string target;
};

Result<Place> find_place(const Outside& outside, const std::string& url, std::string_view what) {
    const std::size_t query = url.find('?');
    LEASEHOLD_TRY_ASSIGN(Url base, parse_url(url.substr(0, query), {"https", "http"}, what));
    Place place;
    place.target = base.path.empty() ? "/" : base.path;
    // To these services a path with a slash at its end may be another one.
    if (!base.path.empty() && url.substr(0, query).ends_with('/'))
        place.target += '/';
    if (query != std::string::npos)
        place.target += url.substr(query);
    base.path.clear();
    place.server.url = std::move(base);
    place.server.trust.system_file = outside.environment.value("SSL_CERT_FILE");
    place.server.trust.system_directory = outside.environment.value("SSL_CERT_DIR");
    return place;
}

} // namespace

Result<http::Response> ask_aside(const Outside& outside, const SideRequest& request,
                                 std::string_view what, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(Place place, find_place(outside, request.url, what));
    const auto client = outside.connect(std::move(place.server), quick);
    http::Request message;
    message.method = request.method;
    message.target = std::move(place.target);
    message.headers = request.headers;
    message.bearer = request.bearer;
    auto response = client->exchange(message, deadline);
    if (!response)
        return with_context(std::string(what) + " does not answer",
                            std::move(response).error().error);
    if (response->status != 200)
        return make_error(ErrorCode::denied,
                          std::string(what) + " refuses (" + std::to_string(response->status) +
                              "): " + hostile_text(response->body, 160),
                          "does this machine or job have an identity that it may ask for?");
    return *std::move(response);
}

} // namespace leasehold::lease::infisical
