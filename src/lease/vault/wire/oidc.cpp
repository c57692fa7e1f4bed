#include "src/lease/vault/wire/oidc.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/random.hpp"
#include "src/base/url.hpp"
#include "src/http/callback_listener.hpp"
#include "src/http/json_body.hpp"
#include "src/lease/vault/wire/requests.hpp"

#include <algorithm>
#include <charconv>

namespace leasehold::lease::vault {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_url = 8192;

std::string path_of(const VaultSettings& settings, std::string_view end) {
    return "auth/" + settings.auth.mount + "/oidc/" + std::string(end);
}

// It is shown on a terminal and handed to a browser.
bool is_page(std::string_view url) {
    const bool plain = url.size() <= longest_url && std::all_of(url.begin(), url.end(), [](char c) {
                           return c > ' ' && c <= '~' && c != '"' && c != '\'' && c != '\\' &&
                                  c != '`' && c != '<';
                       });
    return plain && parse_url(url.substr(0, url.find_first_of("?#")), {"https", "http"}, "it");
}

Seconds interval_of(const json::value& data) {
    const std::string_view text = json_string(data, {"poll_interval"}).value_or("");
    std::int64_t seconds = 0;
    (void)std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::clamp(Seconds(seconds), Seconds(1), Seconds(30));
}

} // namespace

Result<std::string> make_nonce() {
    if (auto nonce = random_hex(16))
        return *std::move(nonce);
    return make_error(ErrorCode::internal, "the kernel gives no random bytes");
}

http::Request auth_url_request(const VaultSettings& settings, const std::string& redirect,
                               const std::string& nonce) {
    json::object body{{"client_nonce", nonce}};
    if (!settings.auth.role.empty())
        body["role"] = settings.auth.role;
    if (!redirect.empty())
        body["redirect_uri"] = redirect;
    return post_request(path_of(settings, "auth_url"), settings.auth.space, body);
}

Result<OidcStart> read_auth_url(const http::Response& response, const VaultSettings& settings) {
    const auto body = http::json_body(response);
    const json::value* data = body ? json_find(*body, {"data"}) : nullptr;
    OidcStart start;
    start.url = data == nullptr ? "" : std::string(json_string(*data, {"auth_url"}).value_or(""));
    if (data != nullptr && start.url.empty())
        return make_error(ErrorCode::denied,
                          "the server begins no login in the browser for role " +
                              quoted(settings.auth.role),
                          "the role must allow this callback: allowed_redirect_uris of auth/" +
                              settings.auth.mount + "/role/" + settings.auth.role +
                              " wants http://localhost:8250/oidc/callback (client) or " +
                              direct_redirect(settings) + " (direct)");
    if (!is_page(start.url))
        return make_error(ErrorCode::bad_answer, "the server names no usable page to log in at: " +
                                                     quoted(start.url, 120));
    start.state = std::string(json_string(*data, {"state"}).value_or(""));
    if (start.state.empty())
        start.state = http::query_value(start.url, "state");
    start.user_code = hostile_text(json_string(*data, {"user_code"}).value_or(""), 64);
    start.poll_interval = interval_of(*data);
    if (start.state.empty())
        return make_error(ErrorCode::bad_answer, "the login that the server begins has no state");
    return start;
}

http::Request callback_request(const VaultSettings& settings, std::string_view state,
                               std::string_view code, const std::string& nonce) {
    http::Request request = get_request(path_of(settings, "callback"), settings.auth.space);
    request.target += "?state=" + percent_encoded(state) + "&code=" + percent_encoded(code) +
                      "&client_nonce=" + nonce;
    return request;
}

http::Request poll_request(const VaultSettings& settings, const std::string& state,
                           const std::string& nonce) {
    return post_request(path_of(settings, "poll"), settings.auth.space,
                        json::object{{"state", state}, {"client_nonce", nonce}});
}

std::string direct_redirect(const VaultSettings& settings) {
    return settings.address.text() + "/v1/" + path_of(settings, "callback");
}

} // namespace leasehold::lease::vault
