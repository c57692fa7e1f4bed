#include "src/lease/identity/surroundings.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/http/proxy_environment.hpp"

namespace leasehold::lease::identity {
namespace {

constexpr http::Budgets quick{
    .resolve = Seconds(2), .connect = Seconds(2), .handshake = Seconds(5), .response = Seconds(5)};

struct Place {
    http::Server server;
    std::string target;
};

Result<Place> find_place(const Surroundings& around, const ServiceRequest& request,
                         std::string_view what) {
    const std::string_view url = request.url;
    const std::size_t scheme = url.find("://");
    const std::size_t end =
        scheme == std::string_view::npos ? scheme : url.find_first_of("/?#", scheme + 3);
    LEASEHOLD_TRY_ASSIGN(Url base, parse_url(url.substr(0, end), {"https", "http"}, what));
    Place place;
    // Byte for byte: GitHub's has "//" in its path, and a slash at the end may make another one.
    if (end != std::string_view::npos)
        place.target = url.substr(end);
    if (!place.target.starts_with('/'))
        place.target.insert(0, 1, '/');
    if (request.reach == Reach::outside) {
        LEASEHOLD_TRY_ASSIGN(place.server.proxy,
                             http::proxy_from_environment(base, around.environment));
    }
    place.server.url = std::move(base);
    place.server.trust.system_file = around.environment.value("SSL_CERT_FILE");
    place.server.trust.system_directory = around.environment.value("SSL_CERT_DIR");
    return place;
}

} // namespace

Result<http::Response> ask_service(const Surroundings& around, const ServiceRequest& request,
                                   std::string_view what, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(Place place, find_place(around, request, what));
    const auto client = around.connect(std::move(place.server),
                                       request.reach == Reach::machine ? quick : http::Budgets{});
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

Result<Secret> read_service_token(const http::Response& response, std::string_view member,
                                  std::string_view what) {
    std::string_view token = response.body;
    const auto body =
        member.empty() ? Result<boost::json::value>(nullptr) : parse_json(response.body);
    if (!member.empty())
        token = body ? json_string(*body, {member}).value_or("") : "";
    while (token.ends_with('\n'))
        token.remove_suffix(1);
    if (!is_bearer_token(token))
        return make_error(ErrorCode::bad_answer, std::string(what) + " answered no token");
    return Secret(token);
}

} // namespace leasehold::lease::identity
