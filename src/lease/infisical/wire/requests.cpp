#include "src/lease/infisical/wire/requests.hpp"

#include "src/base/json.hpp"
#include "src/base/url.hpp"

#include <boost/json/serialize.hpp>

namespace leasehold::lease::infisical {
namespace {

namespace json = boost::json;

constexpr std::string_view secrets_root = "/v1/dynamic-secrets";

std::string lease_path(std::string_view id) {
    return std::string(secrets_root) + "/leases/" + percent_encoded(id);
}

http::Request secret_request(std::string target, Secret body) {
    http::Request request;
    request.method = "POST";
    request.target = std::move(target);
    request.content_type = "application/json";
    request.body = std::move(body);
    return request;
}

http::Request token_body_request(const char* target, const Secret& token) {
    return secret_request(target,
                          Secret::take("{\"accessToken\":" + json_quote(token.reveal()) + '}'));
}

} // namespace

http::Request json_request(std::string method, std::string target, const json::value& body) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    if (!body.is_null()) {
        request.content_type = "application/json";
        request.body = Secret(json::serialize(body));
    }
    return request;
}

std::string place_query(const InfisicalSettings& settings) {
    return "?projectSlug=" + percent_encoded(settings.project_slug) +
           "&environmentSlug=" + percent_encoded(settings.environment) +
           "&path=" + percent_encoded(settings.path);
}

json::object place_members(const InfisicalSettings& settings) {
    return {{"projectSlug", settings.project_slug},
            {"environmentSlug", settings.environment},
            {"path", settings.path}};
}

http::Request login_request(identity::LoginProof& proof, const std::string& organization_slug) {
    if (!organization_slug.empty())
        for (const char* name : {"organizationSlug", "subOrganizationName"})
            identity::add_text(proof.fields, name, organization_slug);
    return secret_request("/v1/auth/" + proof.path + "/login", identity::login_body(proof.fields));
}

http::Request renew_session_request(const Secret& token) {
    return token_body_request("/v1/auth/token/renew", token);
}

http::Request revoke_session_request(const Secret& token) {
    return token_body_request("/v1/auth/token/revoke", token);
}

http::Request create_lease_request(const InfisicalSettings& settings, const std::string& ttl,
                                   const std::string& namespace_, const LeaseBearing& bearing) {
    json::object body = place_members(settings);
    body["dynamicSecretName"] = settings.dynamic_secret;
    if (!ttl.empty())
        body["ttl"] = ttl;
    json::object config;
    if (!namespace_.empty())
        config["namespace"] = namespace_;
    if (!bearing.mark.empty() && !settings.kubernetes_route)
        config["leasehold"] = json::object{
            {"mark", bearing.mark}, {"profile", bearing.profile}, {"holder", bearing.holder}};
    if (!config.empty())
        body["config"] = std::move(config);
    return json_request("POST",
                        std::string(secrets_root) +
                            (settings.kubernetes_route ? "/leases/kubernetes" : "/leases"),
                        body);
}

http::Request list_leases_request(const InfisicalSettings& settings) {
    return json_request("GET",
                        std::string(secrets_root) + '/' + percent_encoded(settings.dynamic_secret) +
                            "/leases" + place_query(settings),
                        nullptr);
}

http::Request get_lease_request(const InfisicalSettings& settings, std::string_view id) {
    return json_request("GET", lease_path(id) + place_query(settings), nullptr);
}

http::Request renew_lease_request(const InfisicalSettings& settings, std::string_view id,
                                  const std::string& ttl) {
    json::object body = place_members(settings);
    if (!ttl.empty())
        body["ttl"] = ttl;
    return json_request("POST", lease_path(id) + "/renew", body);
}

http::Request revoke_lease_request(const InfisicalSettings& settings, std::string_view id,
                                   bool forced) {
    json::object body = place_members(settings);
    body["isForced"] = forced;
    return json_request("DELETE", lease_path(id), body);
}

} // namespace leasehold::lease::infisical
