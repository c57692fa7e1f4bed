#include "src/lease/identity/cloud_metadata.hpp"

namespace leasehold::lease::identity {
namespace {

std::string address_of(const std::optional<Url>& endpoint) {
    return endpoint ? endpoint->text() : std::string(usual_metadata_endpoint);
}

} // namespace

Result<Secret> ask_azure_for_jwt(const AzureIdentity& identity, const Surroundings& around,
                                 Deadline deadline) {
    constexpr std::string_view what = "Azure's metadata service";
    ServiceRequest request;
    request.url = address_of(identity.endpoint) +
                  "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
                  percent_encoded(identity.resource);
    request.headers = {{"Metadata", "true"}};
    LEASEHOLD_TRY_ASSIGN(const http::Response response,
                         ask_service(around, request, what, deadline));
    return read_service_token(response, "access_token", what);
}

Result<Secret> ask_google_for_jwt(const GoogleIdentity& identity, const Surroundings& around,
                                  Deadline deadline) {
    constexpr std::string_view what = "Google's metadata service";
    ServiceRequest request;
    request.url = address_of(identity.endpoint) +
                  "/computeMetadata/v1/instance/service-accounts/default/identity"
                  "?format=full&audience=" +
                  percent_encoded(identity.audience);
    request.headers = {{"Metadata-Flavor", "Google"}};
    LEASEHOLD_TRY_ASSIGN(const http::Response response,
                         ask_service(around, request, what, deadline));
    return read_service_token(response, "", what);
}

} // namespace leasehold::lease::identity
