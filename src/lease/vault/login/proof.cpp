#include "src/lease/vault/login/proof.hpp"

#include "src/base/base64.hpp"
#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/secret_file.hpp"
#include "src/base/url.hpp"
#include "src/lease/identity/aws_credentials.hpp"
#include "src/lease/identity/cloud_metadata.hpp"
#include "src/lease/identity/github_actions.hpp"
#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/vault/login/token_file.hpp"
#include "src/lease/vault/login/variables.hpp"

namespace leasehold::lease::vault {
namespace {

Secret text_secret(const std::string& text) {
    return Secret(std::string_view(text));
}

std::string login_path(const AuthSettings& auth) {
    return "auth/" + auth.mount + "/login";
}

Error missing(const VaultSettings& settings, std::string what, std::string hint) {
    return make_error(ErrorCode::denied,
                      "there is no " + std::move(what) + " to log in to " +
                          settings.address.text() + " with",
                      std::move(hint));
}

// A method's proof of identity as the fields that its login wants.
class Gathering {
public:
    Gathering(const VaultSettings& settings, const Outside& outside, Deadline deadline)
        : settings_(settings), auth_(settings.auth), outside_(outside),
          around_(outside.surroundings()), deadline_(deadline) {}

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
            return missing(settings_, "session", "log in: " + login_command());
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
    std::string login_command() const { return "leasehold login --profile " + outside_.profile; }

    Result<Proof> token() {
        LEASEHOLD_TRY_ASSIGN(auto token, find_secret(auth_.token_file, "token file", "TOKEN"));
        if (!token)
            return missing(settings_, "token",
                           "keep one with '" + login_command() +
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
        proof.fields.emplace_back("role_id", text_secret(auth_.role_id));
        if (!secret && auth_.secret_id_wrapped)
            return missing(settings_, "wrapped secret id",
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
        LEASEHOLD_TRY_ASSIGN(auto given,
                             identity::find_jwt({auth_.jwt_file, auth_.jwt_variable,
                                                 std::vector<std::string_view>{"VAULT_ID_TOKEN"}},
                                                outside_.environment));
        if (given)
            return with_jwt(*std::move(given), true);
        if (!identity::can_ask_github(outside_.environment))
            return missing(settings_, "JWT",
                           "set jwt-file or jwt-variable in the profile; in GitHub Actions give "
                           "the job the permission 'id-token: write'");
        LEASEHOLD_TRY_ASSIGN(Secret jwt,
                             identity::ask_github_for_jwt(auth_.audience, around_, deadline_));
        return with_jwt(std::move(jwt), false);
    }

    Result<Proof> kubernetes() {
        const std::string path =
            auth_.jwt_file.empty() ? std::string(identity::pod_token_file) : auth_.jwt_file;
        LEASEHOLD_TRY_ASSIGN(Secret jwt, identity::read_jwt_file(path, "service account token"));
        return with_jwt(std::move(jwt), true);
    }

    // The proof is the certificate of the connection.
    Result<Proof> cert() {
        Proof proof = empty_proof();
        if (!auth_.role.empty())
            proof.fields.emplace_back("name", text_secret(auth_.role));
        return proof;
    }

    Result<Proof> password() {
        LEASEHOLD_TRY_ASSIGN(auto password,
                             find_secret(auth_.password_file, "password file", "PASSWORD"));
        if (!password)
            return missing(settings_, "session or password", "log in: " + login_command());
        return password_proof(auth_, *std::move(password));
    }

    Result<Proof> aws() {
        const identity::AwsSource source{.machine = auth_.machine_credentials,
                                         .machine_setting = "vault.auth.machine-credentials",
                                         .metadata_endpoint = auth_.metadata_endpoint};
        LEASEHOLD_TRY_ASSIGN(const identity::AwsCredentials credentials,
                             identity::find_aws_credentials(source, around_, deadline_));
        LEASEHOLD_TRY_ASSIGN(const std::string region,
                             identity::find_aws_region(auth_.region, outside_.environment));
        std::vector<http::Header> also_signed;
        if (!auth_.server_id_header.empty())
            also_signed.push_back({"x-vault-aws-iam-server-id", auth_.server_id_header});
        const identity::AwsSignedRequest request = identity::sign_caller_identity(
            credentials, region, outside_.clock.now().wall, also_signed);
        Proof proof = role_proof();
        proof.fields.emplace_back("iam_http_request_method", text_secret("POST"));
        proof.fields.emplace_back("iam_request_url", text_secret(base64_encode(request.url)));
        proof.fields.emplace_back("iam_request_body", text_secret(base64_encode(request.body)));
        proof.fields.emplace_back("iam_request_headers",
                                  Secret::take(base64_encode(request.headers.reveal())));
        return proof;
    }

    Result<Proof> gcp() {
        // The audience that the server insists on.
        LEASEHOLD_TRY_ASSIGN(Secret jwt, identity::ask_google_for_jwt({"http://vault/" + auth_.role,
                                                                       auth_.metadata_endpoint},
                                                                      around_, deadline_));
        return with_jwt(std::move(jwt), false);
    }

    Result<Proof> azure() {
        const std::string resource =
            auth_.resource.empty() ? std::string(identity::default_azure_resource) : auth_.resource;
        LEASEHOLD_TRY_ASSIGN(
            Secret jwt,
            identity::ask_azure_for_jwt({resource, auth_.metadata_endpoint}, around_, deadline_));
        LEASEHOLD_TRY_ASSIGN(
            const identity::AzureMachine machine,
            identity::ask_azure_for_machine(auth_.metadata_endpoint, around_, deadline_));
        LEASEHOLD_TRY_ASSIGN(Proof proof, with_jwt(std::move(jwt), false));
        proof.fields.emplace_back("subscription_id", text_secret(machine.subscription));
        proof.fields.emplace_back("resource_group_name", text_secret(machine.resource_group));
        proof.fields.emplace_back(
            machine.scale_set.empty() ? "vm_name" : "vmss_name",
            text_secret(machine.scale_set.empty() ? machine.name : machine.scale_set));
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
        proof.fingerprint = proof.path;
        return proof;
    }

    Proof role_proof() const {
        Proof proof = empty_proof();
        if (!auth_.role.empty())
            proof.fields.emplace_back("role", text_secret(auth_.role));
        return proof;
    }

    // `steady`: the token stays the same until somebody replaces it.
    Result<Proof> with_jwt(Secret jwt, bool steady) const {
        Proof proof = role_proof();
        if (steady)
            proof.fingerprint = sha256_hex(jwt.reveal());
        proof.fields.emplace_back("jwt", std::move(jwt));
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

bool can_log_in_alone(const VaultSettings& settings, const Environment& environment) {
    const AuthSettings& auth = settings.auth;
    if (is_password_method(auth.method))
        return !auth.password_file.empty() || own_variable(environment, "PASSWORD").has_value();
    return makes_own_token(auth.method) && auth.method != AuthMethod::oidc &&
           !auth.secret_id_wrapped;
}

} // namespace leasehold::lease::vault
