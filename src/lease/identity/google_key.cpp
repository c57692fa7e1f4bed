#include "src/lease/identity/google_key.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/secret_file.hpp"
#include "src/http/rsa_signature.hpp"

namespace leasehold::lease::identity {
namespace {

constexpr UnixTime life = 600;

} // namespace

Result<GoogleKey> read_google_key(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(const Secret text, read_secret_file(path, "service account key"));
    const auto json = parse_json(text.reveal());
    const auto text_of = [&](std::string_view name) {
        return json ? json_string(*json, {name}).value_or("") : std::string_view();
    };
    GoogleKey key{std::string(text_of("client_email")), std::string(text_of("private_key_id")),
                  path, Secret(text_of("private_key"))};
    if (text_of("type") != "service_account" || key.account.empty() || key.id.empty())
        return make_error(ErrorCode::configuration,
                          quoted(path) + " is no key of a service account of Google Cloud",
                          "it must be the JSON file that 'gcloud iam service-accounts keys create' "
                          "writes");
    return key;
}

Result<Secret> sign_google_jwt(const GoogleKey& key, const std::string& audience, UnixTime now) {
    const std::string header =
        "{\"alg\":\"RS256\",\"kid\":" + json_quote(key.id) + ",\"typ\":\"JWT\"}";
    const std::string claims =
        "{\"iss\":" + json_quote(key.account) + ",\"sub\":" + json_quote(key.account) +
        ",\"aud\":" + json_quote(audience) + ",\"iat\":" + std::to_string(now) +
        ",\"exp\":" + std::to_string(now + life) + '}';
    const std::string text = base64url_encode(header) + '.' + base64url_encode(claims);
    LEASEHOLD_TRY_ASSIGN(
        const std::string signature,
        http::sign_rsa_sha256(key.pem, Secret(), text, "'private_key' of " + quoted(key.file)));
    return Secret::take(text + '.' + base64url_encode(signature));
}

} // namespace leasehold::lease::identity
