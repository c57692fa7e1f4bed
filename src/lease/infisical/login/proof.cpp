#include "src/lease/infisical/login/proof.hpp"

#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/lease/infisical/login/aws_proof.hpp"
#include "src/lease/infisical/login/cli_session.hpp"

namespace leasehold::lease::infisical {
namespace {

// Written by the kubelet or a CI system for this job, and often readable by more.
constexpr FileRules public_file{.limit = 64 * 1024};
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

class Gathering {
public:
    Gathering(const InfisicalSettings& settings, const Outside& outside, Deadline deadline)
        : settings_(settings), auth_(settings.auth), outside_(outside), deadline_(deadline) {}

    Result<Proof> run() {
        switch (auth_.method) {
        case AuthMethod::universal:
            return universal();
        case AuthMethod::kubernetes:
            return kubernetes();
        case AuthMethod::oidc:
            return oidc();
        case AuthMethod::jwt:
            return jwt();
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
        LEASEHOLD_TRY_ASSIGN(auto secret, kept_secret(auth_.client_secret_file, "client secret",
                                                      {"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
                                                       "INFISICAL_UNIVERSAL_CLIENT_SECRET"}));
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
            auth_.jwt_file.empty() ? std::string(default_service_account_token) : auth_.jwt_file;
        LEASEHOLD_TRY_ASSIGN(Secret jwt,
                             read_secret_file(path, "service account token", public_file));
        if (jwt.size() > longest_service_account_token)
            return make_error(ErrorCode::configuration,
                              "the service account token in " + quoted(path) +
                                  " is longer than the 8 KiB that Infisical takes");
        return with_jwt("kubernetes-auth", std::move(jwt), true);
    }

    Result<Proof> oidc() {
        LEASEHOLD_TRY_ASSIGN(auto given, given_jwt({"INFISICAL_OIDC_AUTH_JWT", "INFISICAL_JWT"}));
        if (given)
            return with_jwt("oidc-auth", *std::move(given), true);
        if (outside_.environment.value("ACTIONS_ID_TOKEN_REQUEST_URL").empty())
            return missing(settings_, "OIDC token",
                           "set jwt-file or jwt-variable in the profile; in GitHub Actions give "
                           "the job the permission 'id-token: write'");
        LEASEHOLD_TRY_ASSIGN(Secret jwt, github_token());
        return with_jwt("oidc-auth", std::move(jwt), false);
    }

    Result<Proof> jwt() {
        LEASEHOLD_TRY_ASSIGN(auto given, given_jwt({"INFISICAL_JWT"}));
        if (!given)
            return missing(settings_, "JWT",
                           "set jwt-file or jwt-variable in the profile, or INFISICAL_JWT");
        return with_jwt("jwt-auth", *std::move(given), true);
    }

    Result<Proof> token() {
        LEASEHOLD_TRY_ASSIGN(auto token,
                             kept_secret(auth_.token_file, "token file",
                                         {"INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN",
                                          "INFISICAL_TOKEN", "INFISICAL_ACCESS_TOKEN"}));
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
        LEASEHOLD_TRY_ASSIGN(auto password, kept_secret(auth_.password_file, "password file",
                                                        {"INFISICAL_LDAP_PASSWORD"}));
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
        LEASEHOLD_TRY_ASSIGN(const AwsSignedRequest request,
                             sign_caller_identity(settings_, outside_, deadline_));
        Proof proof = identity_proof("aws-auth");
        proof.login.fields.emplace_back("iamHttpRequestMethod", text_secret("POST"));
        proof.login.fields.emplace_back("iamRequestBody", text_secret(request.body_base64));
        proof.login.fields.emplace_back("iamRequestHeaders", request.headers_base64.clone());
        return proof;
    }

    // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    Result<Proof> azure() {
        const std::string resource =
            auth_.resource.empty() ? std::string(default_azure_resource) : auth_.resource;
        LEASEHOLD_TRY_ASSIGN(
            Secret jwt,
            metadata_token("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
                               percent_encoded(resource),
                           {"Metadata", "true"}, "Azure's metadata service", "access_token"));
        return with_jwt("azure-auth", std::move(jwt), false);
    }

    // https://cloud.google.com/compute/docs/instances/verifying-instance-identity
    Result<Proof> gcp() {
        const std::string audience = auth_.audience.empty() ? auth_.identity_id : auth_.audience;
        LEASEHOLD_TRY_ASSIGN(
            Secret jwt,
            metadata_token("/computeMetadata/v1/instance/service-accounts/default/identity"
                           "?format=full&audience=" +
                               percent_encoded(audience),
                           {"Metadata-Flavor", "Google"}, "Google's metadata service", ""));
        return with_jwt("gcp-auth", std::move(jwt), false);
    }

    Result<Proof> cli() {
        LEASEHOLD_TRY_ASSIGN(Secret token, read_cli_session(settings_, outside_));
        return ready(std::move(token));
    }

    // https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments
    Result<Secret> github_token() {
        SideRequest request;
        request.url = outside_.environment.value("ACTIONS_ID_TOKEN_REQUEST_URL");
        if (!auth_.audience.empty())
            request.url += (request.url.find('?') == std::string::npos ? "?" : "&") +
                           ("audience=" + percent_encoded(auth_.audience));
        const Secret bearer =
            text_secret(outside_.environment.value("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
        request.bearer = &bearer;
        constexpr std::string_view what = "GitHub's token service";
        LEASEHOLD_TRY_ASSIGN(const http::Response response,
                             ask_aside(outside_, request, what, deadline_));
        return token_of(response, "value", what);
    }

    Result<Secret> metadata_token(const std::string& target, http::Header header,
                                  std::string_view what, std::string_view member) {
        SideRequest request;
        request.url =
            (auth_.metadata_endpoint ? auth_.metadata_endpoint->text() : "http://169.254.169.254") +
            target;
        request.headers.push_back(std::move(header));
        LEASEHOLD_TRY_ASSIGN(const http::Response response,
                             ask_aside(outside_, request, what, deadline_));
        return token_of(response, member, what);
    }

    // The member of a JSON body, or the whole body.
    static Result<Secret> token_of(const http::Response& response, std::string_view member,
                                   std::string_view what) {
        std::string_view token = response.body;
        const auto body =
            member.empty() ? Result<boost::json::value>(nullptr) : parse_json(response.body);
        if (!member.empty())
            token = body ? json_string(*body, {member}).value_or("") : "";
        while (token.ends_with('\n'))
            token.remove_suffix(1);
        if (!is_bearer_token(token))
            return make_error(ErrorCode::bad_answer, std::string(what) + " answered no token");
        return Secret(token);
    }

    // A file of the profile's wins over the environment, and that over what `login` kept.
    Result<std::optional<Secret>> kept_secret(const std::string& file, std::string_view what,
                                              std::initializer_list<std::string_view> variables) {
        if (!file.empty()) {
            LEASEHOLD_TRY_ASSIGN(Secret secret, read_secret_file(file, what));
            return std::optional<Secret>(std::move(secret));
        }
        if (auto secret = variable(variables))
            return secret;
        return outside_.stored_secret();
    }

    Result<std::optional<Secret>> given_jwt(std::initializer_list<std::string_view> variables) {
        if (!auth_.jwt_file.empty()) {
            LEASEHOLD_TRY_ASSIGN(Secret jwt,
                                 read_secret_file(auth_.jwt_file, "jwt-file", public_file));
            return std::optional<Secret>(std::move(jwt));
        }
        if (auth_.jwt_variable.empty())
            return variable(variables);
        auto jwt = variable({auth_.jwt_variable});
        if (!jwt)
            return missing(settings_, "token in the variable " + quoted(auth_.jwt_variable),
                           "in GitLab CI name it under id_tokens of the job");
        return jwt;
    }

    std::optional<Secret> variable(std::initializer_list<std::string_view> names) const {
        for (const std::string_view name : names)
            if (const std::string value = outside_.environment.value(name); !value.empty())
                return text_secret(value);
        return std::nullopt;
    }

    Proof identity_proof(std::string_view route) const {
        Proof proof;
        proof.login.route = std::string(route);
        proof.fingerprint = std::string(route);
        proof.login.fields.emplace_back("identityId", text_secret(auth_.identity_id));
        return proof;
    }

    // `steady`: the token stays the same until somebody replaces it.
    Result<Proof> with_jwt(std::string_view route, Secret jwt, bool steady) const {
        if (!is_bearer_token(jwt.reveal()))
            return make_error(ErrorCode::configuration,
                              "what should be a JWT for " + std::string(route) + " is none");
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
    Deadline deadline_;
};

} // namespace

Result<Proof> gather_proof(const InfisicalSettings& settings, const Outside& outside,
                           Deadline deadline) {
    return Gathering(settings, outside, deadline).run();
}

} // namespace leasehold::lease::infisical
