#include "src/http/proxy.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

namespace leasehold::http {
namespace {

constexpr const char* usual_hint =
    "check proxy-url in the profile, or HTTPS_PROXY and NO_PROXY in the environment";

} // namespace

Result<std::optional<ProxyCredential>> proxy_credential(const Url& proxy) {
    if (proxy.userinfo.empty())
        return std::optional<ProxyCredential>();
    const std::string_view text = proxy.userinfo;
    const std::size_t colon = text.find(':');
    auto user = percent_decoded(text.substr(0, colon));
    auto password = percent_decoded(colon == std::string_view::npos ? "" : text.substr(colon + 1));
    if (!user || !password || !has_no_control_characters(*user) ||
        !has_no_control_characters(*password) || user->find(':') != std::string::npos)
        return proxy_failure(proxy, ErrorCode::configuration,
                             "its URL has a user name or password that cannot be used",
                             "write every character other than letters, digits and -._~ as %XX")
            .error;
    return std::optional<ProxyCredential>(
        ProxyCredential{*std::move(user), Secret::take(*std::move(password))});
}

Failure proxy_failure(const Url& proxy, ErrorCode code, const std::string& what, std::string hint) {
    return {make_error(code, "the proxy " + quoted(proxy.origin()) + ": " + what,
                       hint.empty() ? usual_hint : std::move(hint)),
            Stage::proxy, false};
}

Failure proxy_failure(const Url& proxy, Failure failure) {
    return {make_error(failure.error.code,
                       "the proxy " + quoted(proxy.origin()) + ": " + failure.error.message,
                       (failure.error.hint.empty() ? "" : failure.error.hint + '\n') + usual_hint),
            Stage::proxy, false};
}

} // namespace leasehold::http
