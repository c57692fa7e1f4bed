// Tokens for tests, with any claim changed.
#pragma once

#include "src/base/base64.hpp"

#include <string>
#include <string_view>

namespace leasehold::lease {

inline std::string base64url(std::string_view bytes) {
    std::string text = base64_encode(bytes);
    while (!text.empty() && text.back() == '=')
        text.pop_back();
    for (char& c : text)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

inline std::string make_token(std::string_view body,
                              std::string_view header = R"({"alg":"RS256","kid":"k"})") {
    return base64url(header) + '.' + base64url(body) + '.' + base64url("signature");
}

// The claims of a token for ci/deployer, issued at 1000000 for an hour.
inline std::string usual_claims() {
    return R"({"aud":["https://kubernetes.default.svc"],"exp":1003600,"iat":1000000,)"
           R"("iss":"https://kubernetes.default.svc","jti":"4d6f","kubernetes.io":{"namespace":"ci",)"
           R"("serviceaccount":{"name":"deployer","uid":"u"}},"nbf":1000000,)"
           R"("sub":"system:serviceaccount:ci:deployer"})";
}

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
    return text.replace(text.find(what), what.size(), with);
}

} // namespace leasehold::lease
