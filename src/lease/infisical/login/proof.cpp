#include "src/lease/infisical/login/proof.hpp"

#include "src/base/base64.hpp"
#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/identity/aws_credentials.hpp"
#include "src/lease/identity/cloud_metadata.hpp"
#include "src/lease/identity/github_actions.hpp"
#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/infisical/login/cli_session.hpp"

namespace leasehold::lease::infisical {
namespace {

constexpr std::size_t longest_service_account_token = 8192;

Error missing(const InfisicalSettings& settings, std::string what, std::string hint) {
    return make_error(ErrorCode::denied,
                      "there is no " + std::move(what) + " to log in to " + site_text(settings) +
                          " with",
                      std::move(hint));
}

Secret text_secret(const std::string& text) {
    return Secret(std::string_view(text));
}

// A method's proof of identity as the fields that its login wants.
class Gathering {
public:
    Gathering(const InfisicalSettings& settings, const Outside& outside, Deadline deadline)
        : settings_(settings), auth_(settings.auth), outside_(outside),
          around_(outside.surroundings()), deadline_(deadline) {}

    Result<Proof> run() {
        switch (auth_.method) {
        case AuthMethod::universal:
            return universal();
        case AuthMethod::kubernetes:
            return kubernetes();
        case AuthMethod::oidc:
            return oidc();
        case AuthMethod::jwt:
            return jwt("jwt-auth");
        case AuthMethod::spiffe:
            return jwt("spiffe-auth"); // a JWT-SVID
        case AuthMethod::token:
            return token();
        case AuthMethod::ldap:
            return ldap();
        case AuthMethod::aws:
            return aws();
        case AuthMethod::azure:
            return azure();
        case AuthMethod::gcp:
            return gcp();
        case AuthMethod::cli:
            return cli();
        }
        return make_error(ErrorCode::internal, "the way to log in is unknown");
    }

private:
    Result<Proof> universal() {
        LEASEHOLD_TRY_ASSIGN(auto secret, find_secret({auth_.client_secret_file,
                                                       "client secret",
                                                       {"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
                                                        "INFISICAL_UNIVERSAL_CLIENT_SECRET"},
                                                       outside_.stored_secret}));
        if (!secret)
            return missing(settings_, "client secret",
                           "keep it with 'leasehold login', or set "
                           "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET or client-secret-file");
        Proof proof;
        proof.login.route = "universal-auth";
        proof.fingerprint = sha256_hex(secret->reveal());
        proof.login.fields.emplace_back("clientId", text_secret(auth_.client_id));
        proof.login.fields.emplace_back("clientSecret", *std::move(secret));
        return proof;
    }

    Result<Proof> kubernetes() {
        const std::string path =
            auth_.jwt_file.empty() ? std::string(identity::pod_token_file) : auth_.jwt_file;
        LEASEHOLD_TRY_ASSIGN(Secret jwt, identity::read_jwt_file(path, "service account token"));
        if (jwt.size() > longest_service_account_token)
            return make_error(ErrorCode::configuration,
                              "the service account token in " + quoted(path) +
                                  " is longer than the 8 KiB that Infisical takes");
        return with_jwt("kubernetes-auth", std::move(jwt), true);
    }

    Result<Proof> oidc() {
        LEASEHOLD_TRY_ASSIGN(auto given, find_jwt({"INFISICAL_OIDC_AUTH_JWT", "INFISICAL_JWT"}));
        if (given)
            return with_jwt("oidc-auth", *std::move(given), true);
        if (!identity::can_ask_github(outside_.environment))
            return missing(settings_, "OIDC token",
                           "set jwt-file or jwt-variable in the profile; in GitHub Actions give "
                           "the job the permission 'id-token: write'");
        LEASEHOLD_TRY_ASSIGN(Secret jwt,
                             identity::ask_github_for_jwt(auth_.audience, around_, deadline_));
        return with_jwt("oidc-auth", std::move(jwt), false);
    }

    Result<Proof> jwt(std::string_view route) {
        LEASEHOLD_TRY_ASSIGN(auto given, find_jwt({"INFISICAL_JWT"}));
        if (!given)
            return missing(settings_, "JWT",
                           "set jwt-file or jwt-variable in the profile, or INFISICAL_JWT");
        return with_jwt(route, *std::move(given), true);
    }

    Result<Proof> token() {
        LEASEHOLD_TRY_ASSIGN(auto token, find_secret({auth_.token_file,
                                                      "token file",
                                                      {"INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN",
                                                       "INFISICAL_TOKEN", "INFISICAL_ACCESS_TOKEN"},
                                                      outside_.stored_secret}));
        if (!token)
            return missing(settings_, "access token",
                           "keep it with 'leasehold login', or set INFISICAL_TOKEN or token-file");
        if (token->reveal().starts_with("st."))
            return make_error(ErrorCode::configuration,
                              "that is one of Infisical's service tokens, which cannot lease",
                              "make an access token for a machine identity instead");
        return ready(*std::move(token));
    }

    Result<Proof> ldap() {
        LEASEHOLD_TRY_ASSIGN(auto password, find_secret({auth_.password_file,
                                                         "password file",
                                                         {"INFISICAL_LDAP_PASSWORD"},
                                                         outside_.stored_secret}));
        if (!password || password->empty())
            return missing(settings_, "LDAP password",
                           "keep it with 'leasehold login', or set INFISICAL_LDAP_PASSWORD or "
                           "password-file");
        Proof proof = identity_proof("ldap-auth");
        proof.login.fields.emplace_back("username", text_secret(auth_.username));
        proof.login.fields.emplace_back("password", *std::move(password));
        return proof;
    }

    Result<Proof> aws() {
        const identity::AwsSource source{.machine = auth_.machine_credentials,
                                         .machine_setting = "infisical.auth.machine-credentials",
                                         .metadata_endpoint = auth_.metadata_endpoint};
        LEASEHOLD_TRY_ASSIGN(const identity::AwsCredentials credentials,
                             identity::find_aws_credentials(source, around_, deadline_));
        LEASEHOLD_TRY_ASSIGN(const std::string region,
                             identity::find_aws_region(auth_.region, outside_.environment));
        const identity::AwsSignedRequest request =
            identity::sign_caller_identity(credentials, region, outside_.clock.now().wall);
        Proof proof = identity_proof("aws-auth");
        proof.login.fields.emplace_back("iamHttpRequestMethod", text_secret("POST"));
        proof.login.fields.emplace_back("iamRequestBody", text_secret(base64_encode(request.body)));
        proof.login.fields.emplace_back("iamRequestHeaders",
                                        Secret::take(base64_encode(request.headers.reveal())));
        return proof;
    }

    Result<Proof> azure() {
        const std::string resource =
            auth_.resource.empty() ? std::string(identity::default_azure_resource) : auth_.resource;
        LEASEHOLD_TRY_ASSIGN(
            Secret jwt,
            identity::ask_azure_for_jwt({resource, auth_.metadata_endpoint}, around_, deadline_));
        return with_jwt("azure-auth", std::move(jwt), false);
    }

    Result<Proof> gcp() {
        const std::string audience = auth_.audience.empty() ? auth_.identity_id : auth_.audience;
        LEASEHOLD_TRY_ASSIGN(
            Secret jwt,
            identity::ask_google_for_jwt({audience, auth_.metadata_endpoint}, around_, deadline_));
        return with_jwt("gcp-auth", std::move(jwt), false);
    }

    Result<Proof> cli() {
        LEASEHOLD_TRY_ASSIGN(Secret token, read_cli_session(settings_, outside_));
        return ready(std::move(token));
    }

    Result<std::optional<Secret>> find_secret(const identity::SecretSource& source) const {
        return identity::find_secret(source, outside_.environment);
    }

    Result<std::optional<Secret>> find_jwt(std::vector<std::string_view> usual_variables) const {
        return identity::find_jwt({auth_.jwt_file, auth_.jwt_variable, std::move(usual_variables)},
                                  outside_.environment);
    }

    Proof identity_proof(std::string_view route) const {
        Proof proof;
        proof.login.route = std::string(route);
        proof.fingerprint = std::string(route);
        proof.login.fields.emplace_back("identityId", text_secret(auth_.identity_id));
        return proof;
    }

    // `steady`: the token stays the same until somebody replaces it.
    Proof with_jwt(std::string_view route, Secret jwt, bool steady) const {
        Proof proof = identity_proof(route);
        if (steady)
            proof.fingerprint = sha256_hex(jwt.reveal());
        proof.login.fields.emplace_back("jwt", std::move(jwt));
        return proof;
    }

    static Result<Proof> ready(Secret token) {
        if (!is_bearer_token(token.reveal()))
            return make_error(ErrorCode::configuration, "the access token holds characters that "
                                                        "none can hold");
        Proof proof;
        proof.access_token = std::move(token);
        return proof;
    }

    const InfisicalSettings& settings_;
    const AuthSettings& auth_;
    const Outside& outside_;
    identity::Surroundings around_;
    Deadline deadline_;
};

} // namespace

Result<Proof> gather_proof(const InfisicalSettings& settings, const Outside& outside,
                           Deadline deadline) {
    return Gathering(settings, outside, deadline).run();
}

} // namespace leasehold::lease::infisical
