#include "src/lease/identity/asker.hpp"

#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/trim.hpp"
#include "src/http/certificate_names.hpp"
#include "src/lease/identity/unverified_jwt.hpp"

#include <algorithm>

namespace leasehold::lease::identity {
namespace {

constexpr std::string_view nobody = "unreadable";

} // namespace

std::string token_identity(std::string_view token, std::string_view digest_key) {
    token = trim(token);
    const auto claims = read_unverified(token);
    // A claim that is missing tells nobody from anybody.
    if (claims && !claims->issuer.empty() && !claims->subject.empty())
        return "jwt " + std::to_string(claims->issuer.size()) + ':' + claims->issuer +
               claims->subject;
    return "digest " + to_hex(hmac_sha256(digest_key, token));
}

void add_token_file(const std::string& path, const AskerSurroundings& around, Asker& asker) {
    asker.files.push_back(path);
    const auto text = read_file(path, {.limit = 64 * 1024}, "token");
    asker.identity.emplace_back("asker-file", text ? token_identity(*text, around.digest_key)
                                                   : std::string(nobody));
}

void add_token_variable(std::string_view name, const AskerSurroundings& around, Asker& asker) {
    asker.variables.emplace_back(name);
    const auto value = around.environment.get(name);
    asker.identity.emplace_back("asker-variable",
                                value ? token_identity(*value, around.digest_key) : "");
}

void add_certificate_file(const std::string& path, Asker& asker) {
    asker.files.push_back(path);
    const auto pem = read_file(path, {}, "client certificate");
    add_certificate(pem ? *pem : "", asker);
}

void add_certificate(std::string_view pem, Asker& asker) {
    asker.identity.emplace_back("asker-certificate",
                                http::certificate_names(pem).value_or(std::string(nobody)));
}

} // namespace leasehold::lease::identity
