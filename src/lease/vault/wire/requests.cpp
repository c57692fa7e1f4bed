#include "src/lease/vault/wire/requests.hpp"

#include "src/base/url.hpp"

#include <boost/json/serialize.hpp>

namespace leasehold::lease::vault {
namespace {

namespace json = boost::json;

// Each segment for itself: mounts and ids have slashes.
std::string target_of(std::string_view path) {
    std::string target = "/v1";
    while (!path.empty()) {
        const std::string_view segment = path.substr(0, path.find('/'));
        target += '/' + percent_encoded(segment);
        path.remove_prefix(std::min(segment.size() + 1, path.size()));
    }
    return target;
}

http::Request plain_request(const char* method, std::string_view path, const std::string& space) {
    http::Request request;
    request.method = method;
    request.target = target_of(path);
    request.headers.push_back({"X-Vault-Request", "true"});
    if (!space.empty())
        request.headers.push_back({"X-Vault-Namespace", space});
    request.bearer_header = "X-Vault-Token";
    return request;
}

http::Request with_body(http::Request request, Secret body) {
    request.content_type = "application/json";
    request.body = std::move(body);
    return request;
}

} // namespace

http::Request get_request(std::string_view path, const std::string& space) {
    return plain_request("GET", path, space);
}

http::Request post_request(std::string_view path, const std::string& space,
                           const json::value& body) {
    http::Request request = plain_request("POST", path, space);
    const std::string text = body.is_null() ? "{}" : json::serialize(body);
    return with_body(std::move(request), Secret(text));
}

http::Request login_request(std::string_view path, const std::string& space,
                            const identity::LoginFields& fields) {
    return with_body(plain_request("POST", path, space), identity::login_body(fields));
}

http::Request lease_request(const VaultSettings& settings, const std::string& namespace_,
                            const std::string& ttl, const std::vector<std::string>& audiences) {
    json::object body{{"ttl", ttl}};
    if (!namespace_.empty())
        body["kubernetes_namespace"] = namespace_;
    if (!audiences.empty())
        body["audiences"] = json::array(audiences.begin(), audiences.end());
    if (settings.cluster_role_binding)
        body["cluster_role_binding"] = true;
    return post_request(creds_path(settings), settings.space, body);
}

http::Request lookup_token_request(const VaultSettings& settings) {
    return get_request("auth/token/lookup-self", settings.auth.space);
}

http::Request renew_token_request(const VaultSettings& settings, Seconds increment) {
    return post_request("auth/token/renew-self", settings.auth.space,
                        json::object{{"increment", std::to_string(increment.count()) + 's'}});
}

http::Request revoke_token_request(const VaultSettings& settings) {
    return post_request("auth/token/revoke-self", settings.auth.space, nullptr);
}

http::Request unwrap_request(const VaultSettings& settings) {
    return post_request("sys/wrapping/unwrap", settings.auth.space, nullptr);
}

http::Request lookup_lease_request(const VaultSettings& settings, const std::string& id) {
    http::Request request =
        post_request("sys/leases/lookup", settings.space, json::object{{"lease_id", id}});
    request.repeatable = true;
    return request;
}

http::Request list_leases_request(const VaultSettings& settings) {
    // LIST is a verb that proxies may not know; this is the same.
    http::Request request =
        get_request("sys/leases/lookup/" + creds_path(settings), settings.space);
    request.target += "/?list=true";
    return request;
}

http::Request revoke_lease_request(const VaultSettings& settings, const std::string& id,
                                   bool in_body) {
    http::Request request =
        in_body ? post_request("sys/leases/revoke", settings.space, json::object{{"lease_id", id}})
                : post_request("sys/leases/revoke/" + id, settings.space, nullptr);
    // Ending what has ended is as good as ending it.
    request.repeatable = true;
    return request;
}

std::string ttl_text(Seconds ttl) {
    const auto count = ttl.count();
    std::string text;
    const auto add = [&](std::int64_t number, char unit) {
        if (number > 0)
            text += std::to_string(number) + unit;
    };
    add(count / 3600, 'h');
    add(count / 60 % 60, 'm');
    add(count % 60, 's');
    return text;
}

} // namespace leasehold::lease::vault
