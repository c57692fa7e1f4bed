#include "src/lease/vault/login/proof.hpp"

#include "src/base/base64.hpp"
#include "src/base/digest.hpp"
#include "src/base/secret_file.hpp"
#include "src/lease/identity/cloud_metadata.hpp"
#include "src/lease/identity/proof_source.hpp"
#include "src/lease/vault/login/token_file.hpp"
#include "src/lease/vault/login/variables.hpp"

namespace leasehold::lease::vault {
namespace {

std::string login_path(const AuthSettings& auth) {
    return "auth/" + auth.mount + "/login";
}

// The path, and what the profile says besides whom it logs in as: put right, it is another try.
std::string plain_fingerprint(const AuthSettings& auth) {
    std::string text = login_path(auth);
    for (const std::string* way :
         {&auth.audience, &auth.region, &auth.server_id_header, &auth.resource})
        if (!way->empty())
            text += '\n' + *way;
    return text;
}

// A method's proof of identity as the fields that its login wants.
class Gathering {
public:
    Gathering(const VaultSettings& settings, const Outside& outside, Deadline deadline)
        : settings_(settings), auth_(settings.auth), outside_(outside),
          around_(outside.surroundings()), source_(auth_, around_, deadline), deadline_(deadline) {}

    Result<Proof> run() {
        switch (auth_.method) {
        case AuthMethod::token:
            return token();
        case AuthMethod::cli:
            return cli();
        case AuthMethod::approle:
            return approle();
        case AuthMethod::jwt:
            return jwt();
        case AuthMethod::kubernetes:
            return kubernetes();
        case AuthMethod::cert:
            return cert();
        case AuthMethod::userpass:
        case AuthMethod::ldap:
            return password();
        case AuthMethod::oidc:
            return missing("session", "log in: " + login_command());
        case AuthMethod::aws:
            return aws();
        case AuthMethod::gcp:
            return gcp();
        case AuthMethod::azure:
            return azure();
        }
        return make_error(ErrorCode::internal, "the way to log in is unknown");
    }

private:
    Error missing(std::string_view what, std::string hint) const {
        return identity::no_proof(what, settings_.address.text(), std::move(hint));
    }

    std::string login_command() const { return "leasehold login --profile " + outside_.profile; }

    Result<Proof> token() {
        LEASEHOLD_TRY_ASSIGN(auto token, find_secret(auth_.token_file, "token file", "TOKEN"));
        if (!token)
            return missing("token", "keep one with '" + login_command() +
                                        "', or set VAULT_TOKEN, BAO_TOKEN or token-file");
        return ready(*std::move(token));
    }

    Result<Proof> cli() {
        LEASEHOLD_TRY_ASSIGN(Secret token, read_cli_token(settings_, outside_, deadline_));
        return ready(std::move(token));
    }

    Result<Proof> approle() {
        LEASEHOLD_TRY_ASSIGN(auto secret,
                             find_secret(auth_.secret_id_file, "secret id file", "SECRET_ID"));
        Proof proof = empty_proof();
        identity::add_text(proof.fields, "role_id", auth_.role_id);
        if (!secret && auth_.secret_id_wrapped)
            return missing("wrapped secret id",
                           "set VAULT_SECRET_ID or secret-id-file to the wrapping token");
        // Some roles take the role id alone.
        if (!secret)
            return proof;
        Secret id(without_outer_space(secret->reveal()));
        proof.fingerprint = sha256_hex(id.reveal());
        if (auth_.secret_id_wrapped)
            proof.wrapping = std::move(id);
        else
            proof.fields.emplace_back("secret_id", std::move(id));
        return proof;
    }

    Result<Proof> jwt() {
        LEASEHOLD_TRY_ASSIGN(auto found, source_.job_jwt({"VAULT_ID_TOKEN"}));
        if (!found)
            return missing("JWT", std::string(identity::job_jwt_hint));
        return with_jwt(*std::move(found));
    }

    Result<Proof> kubernetes() {
        LEASEHOLD_TRY_ASSIGN(identity::FoundJwt jwt, source_.pod_jwt());
        return with_jwt(std::move(jwt));
    }

    // The proof is the certificate of the connection.
    Result<Proof> cert() {
        Proof proof = empty_proof();
        if (!auth_.role.empty())
            identity::add_text(proof.fields, "name", auth_.role);
        return proof;
    }

    Result<Proof> password() {
        LEASEHOLD_TRY_ASSIGN(auto password,
                             find_secret(auth_.password_file, "password file", "PASSWORD"));
        if (!password)
            return missing("session or password", "log in: " + login_command());
        return password_proof(auth_, *std::move(password));
    }

    Result<Proof> aws() {
        std::vector<http::Header> also_signed;
        if (!auth_.server_id_header.empty())
            also_signed.push_back({"x-vault-aws-iam-server-id", auth_.server_id_header});
        // Where this machine is says nothing of which STS the server asks. Unless it is set up for
        // another, that is the one without a region, as for its own tools.
        const std::string region = auth_.region.empty() ? "us-east-1" : auth_.region;
        LEASEHOLD_TRY_ASSIGN(const identity::AwsSignedRequest request,
                             source_.aws_request("vault.auth.machine-credentials",
                                                 identity::usual_sts(region), also_signed));
        Proof proof = role_proof();
        // Newer keys in the same place are another try.
        if (!auth_.machine_credentials)
            proof.fingerprint += '\n' + request.fingerprint;
        identity::add_text(proof.fields, "iam_http_request_method", "POST");
        identity::add_text(proof.fields, "iam_request_url", base64_encode(request.url));
        identity::add_text(proof.fields, "iam_request_body", base64_encode(request.body));
        proof.fields.emplace_back("iam_request_headers",
                                  Secret::take(base64_encode(request.headers.reveal())));
        return proof;
    }

    Result<Proof> gcp() {
        // The audience that the server insists on.
        LEASEHOLD_TRY_ASSIGN(identity::FoundJwt jwt,
                             source_.google_jwt("http://vault/" + auth_.role));
        return with_jwt(std::move(jwt));
    }

    Result<Proof> azure() {
        LEASEHOLD_TRY_ASSIGN(identity::FoundJwt jwt, source_.azure_jwt());
        LEASEHOLD_TRY_ASSIGN(
            const identity::AzureMachine machine,
            identity::ask_azure_for_machine(auth_.metadata_endpoint, around_, deadline_));
        Proof proof = with_jwt(std::move(jwt));
        identity::add_text(proof.fields, "subscription_id", machine.subscription);
        identity::add_text(proof.fields, "resource_group_name", machine.resource_group);
        if (machine.scale_set.empty())
            identity::add_text(proof.fields, "vm_name", machine.name);
        else
            identity::add_text(proof.fields, "vmss_name", machine.scale_set);
        return proof;
    }

    // The file that is named, else the variable, else what `leasehold login` keeps.
    Result<std::optional<Secret>> find_secret(const std::string& file, std::string_view what,
                                              std::string_view variable) const {
        if (file.empty()) {
            LEASEHOLD_TRY_ASSIGN(auto found, own_secret(outside_.environment, variable, settings_));
            if (found)
                return found;
        }
        return identity::find_secret({file, what, {}, outside_.stored_secret},
                                     outside_.environment);
    }

    Proof empty_proof() const {
        Proof proof;
        proof.path = login_path(auth_);
        proof.fingerprint = plain_fingerprint(auth_);
        return proof;
    }

    Proof role_proof() const {
        Proof proof = empty_proof();
        if (!auth_.role.empty())
            identity::add_text(proof.fields, "role", auth_.role);
        return proof;
    }

    Proof with_jwt(identity::FoundJwt jwt) const {
        Proof proof = role_proof();
        identity::add_jwt(proof, std::move(jwt));
        return proof;
    }

    static Result<Proof> ready(const Secret& given) {
        Proof proof;
        proof.token = Secret(without_outer_space(given.reveal()));
        proof.fingerprint = sha256_hex(proof.token.reveal());
        return proof;
    }

    const VaultSettings& settings_;
    const AuthSettings& auth_;
    const Outside& outside_;
    identity::Surroundings around_;
    identity::ProofSource source_;
    Deadline deadline_;
};

} // namespace

Result<Proof> gather_proof(const VaultSettings& settings, const Outside& outside,
                           Deadline deadline) {
    return Gathering(settings, outside, deadline).run();
}

Proof password_proof(const AuthSettings& auth, Secret password) {
    Proof proof;
    proof.path = login_path(auth) + '/' + auth.username;
    // Nothing is written down that a password could be guessed from.
    proof.fingerprint = proof.path;
    proof.fields.emplace_back("password", std::move(password));
    return proof;
}

std::vector<std::string> known_fingerprints(const VaultSettings& settings, const Outside& outside) {
    const AuthSettings& auth = settings.auth;
    std::vector<std::string> known{plain_fingerprint(auth), login_path(auth) + '/' + auth.username};
    if (auth.method == AuthMethod::aws && !auth.machine_credentials)
        if (auto proof = gather_proof(settings, outside, Deadline::after(Milliseconds(0))))
            known.push_back(std::move(proof->fingerprint));
    return known;
}

bool can_log_in_alone(const VaultSettings& settings, const Environment& environment) {
    const AuthSettings& auth = settings.auth;
    if (is_password_method(auth.method))
        return !auth.password_file.empty() || own_variable(environment, "PASSWORD").has_value();
    return makes_own_token(auth.method) && auth.method != AuthMethod::oidc &&
           !auth.secret_id_wrapped;
}

} // namespace leasehold::lease::vault
