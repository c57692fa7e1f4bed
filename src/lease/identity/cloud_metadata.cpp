#include "src/lease/identity/cloud_metadata.hpp"

#include "src/base/json.hpp"

namespace leasehold::lease::identity {
namespace {

constexpr std::string_view azure = "Azure's metadata service";

std::string address_of(const std::optional<Url>& endpoint) {
    return endpoint ? endpoint->text() : std::string(usual_metadata_endpoint);
}

} // namespace

Result<Secret> ask_azure_for_jwt(const AzureIdentity& identity, const Surroundings& around,
                                 Deadline deadline) {
    constexpr std::string_view what = azure;
    ServiceRequest request;
    request.url = address_of(identity.endpoint) +
                  "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
                  percent_encoded(identity.resource);
    request.headers = {{"Metadata", "true"}};
    LEASEHOLD_TRY_ASSIGN(const http::Response response,
                         ask_service(around, request, what, deadline));
    return read_service_token(response, "access_token", what);
}

Result<AzureMachine> ask_azure_for_machine(const std::optional<Url>& endpoint,
                                           const Surroundings& around, Deadline deadline) {
    ServiceRequest request;
    request.url = address_of(endpoint) + "/metadata/instance?api-version=2021-02-01";
    request.headers = {{"Metadata", "true"}};
    LEASEHOLD_TRY_ASSIGN(const http::Response response,
                         ask_service(around, request, azure, deadline));
    const auto body = parse_json(response.body);
    const auto text_of = [&](std::string_view name) {
        return std::string(body ? json_string(*body, {"compute", name}).value_or("")
                                : std::string_view());
    };
    AzureMachine machine{text_of("subscriptionId"), text_of("resourceGroupName"), text_of("name"),
                         text_of("vmScaleSetName")};
    if (machine.subscription.empty() || machine.resource_group.empty())
        return make_error(ErrorCode::bad_answer,
                          std::string(azure) + " does not say which machine this is");
    return machine;
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
