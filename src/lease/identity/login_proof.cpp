#include "src/lease/identity/login_proof.hpp"

#include "src/base/digest.hpp"
#include "src/base/json.hpp"
#include "src/http/concealed.hpp"

namespace leasehold::lease::identity {

void add_text(LoginFields& fields, std::string name, std::string_view text) {
    fields.emplace_back(std::move(name), Secret(text), false, true);
}

Secret login_body(const LoginFields& fields) {
    std::string text = "{";
    text.reserve(16 * 1024);
    for (const LoginField& field : fields) {
        std::string quoted_value =
            field.is_json ? std::string(field.value.reveal()) : json_quote(field.value.reveal());
        text += (text.size() > 1 ? "," : "") + json_quote(field.name) + ':';
        text += quoted_value;
        wipe(quoted_value);
    }
    text += '}';
    return Secret::take(std::move(text));
}

void conceal(http::Response& response, const LoginFields& sent) {
    for (const LoginField& field : sent)
        if (!field.told)
            http::conceal(response.body, field.value);
}

void add_jwt(LoginProof& proof, FoundJwt jwt) {
    if (jwt.steady)
        proof.fingerprint = sha256_hex(jwt.text.reveal());
    proof.fields.emplace_back("jwt", std::move(jwt.text));
}

Error no_proof(std::string_view what, const std::string& server, std::string hint) {
    return make_error(ErrorCode::denied,
                      "there is no " + std::string(what) + " to log in to " + server + " with",
                      std::move(hint));
}

} // namespace leasehold::lease::identity
