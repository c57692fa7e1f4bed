#include "src/lease/identity/github_actions.hpp"

namespace leasehold::lease::identity {
namespace {

constexpr std::string_view url_variable = "ACTIONS_ID_TOKEN_REQUEST_URL";
constexpr std::string_view token_variable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
constexpr std::string_view what = "GitHub's token service";

} // namespace

bool can_ask_github(const Environment& environment) {
    return !environment.value(url_variable).empty();
}

Result<Secret> ask_github_for_jwt(const std::string& audience, const Surroundings& around,
                                  Deadline deadline) {
    ServiceRequest request;
    request.url = around.environment.value(url_variable);
    if (request.url.empty())
        return make_error(ErrorCode::denied,
                          "this is no job of GitHub Actions that may ask for a "
                          "JWT: " +
                              std::string(url_variable) + " is not set",
                          "give the job the permission 'id-token: write'");
    if (!audience.empty())
        request.url += (request.url.find('?') == std::string::npos ? "?" : "&") +
                       ("audience=" + percent_encoded(audience));
    const Secret bearer = Secret::take(around.environment.value(token_variable));
    request.bearer = &bearer;
    request.reach = Reach::outside;
    LEASEHOLD_TRY_ASSIGN(const http::Response response,
                         ask_service(around, request, what, deadline));
    return read_service_token(response, "value", what);
}

} // namespace leasehold::lease::identity
