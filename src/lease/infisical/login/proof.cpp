#include "src/lease/infisical/login/proof.hpp"

#include "src/base/base64.hpp"
#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/identity/proof_source.hpp"
#include "src/lease/infisical/login/cli_session.hpp"
#include "src/lease/infisical/wire/outside.hpp"

namespace leasehold::lease::infisical {
namespace {

constexpr std::size_t longest_service_account_token = 8192;

// A method's proof of identity as the fields that its login wants.
class Gathering {
public:
    Gathering(const InfisicalSettings& settings, const Outside& outside, Deadline deadline)
        : settings_(settings), auth_(settings.auth), outside_(outside),
          around_(outside.surroundings()), source_(auth_, around_, deadline) {}

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
        case AuthMethod::gcp_iam:
            return gcp_iam();
        case AuthMethod::oci:
            return oci();
        case AuthMethod::alicloud:
            return alicloud();
        case AuthMethod::tls_cert:
            return tls_cert();
        case AuthMethod::cli:
            return cli();
        }
        return make_error(ErrorCode::internal, "the way to log in is unknown");
    }

private:
    Error missing(std::string_view what, std::string hint) const {
        return identity::no_proof(what, site_text(settings_), std::move(hint));
    }

    // What `leasehold login` could keep, which takes a profile.
    Error not_kept(std::string_view what, const std::string& places) const {
        return missing(
            what,
            (outside_.stored_secret ? "keep it with 'leasehold login', or set " : "set ") + places);
    }

    Result<Proof> universal() {
        LEASEHOLD_TRY_ASSIGN(auto secret, find_secret({auth_.client_secret_file,
                                                       "client secret",
                                                       {"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
                                                        "INFISICAL_UNIVERSAL_CLIENT_SECRET"},
                                                       outside_.stored_secret}));
        if (!secret)
            return not_kept("client secret",
                            "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET or client-secret-file");
        Proof proof;
        proof.path = "universal-auth";
        proof.fingerprint = sha256_hex(secret->reveal());
        identity::add_text(proof.fields, "clientId", auth_.client_id);
        proof.fields.emplace_back("clientSecret", *std::move(secret));
        return proof;
    }

    Result<Proof> kubernetes() {
        LEASEHOLD_TRY_ASSIGN(identity::FoundJwt jwt, source_.pod_jwt());
        if (jwt.text.size() > longest_service_account_token)
            return make_error(ErrorCode::configuration,
                              "the service account token in " +
                                  quoted(identity::pod_jwt_file(auth_.jwt_file)) +
                                  " is longer than the 8 KiB that Infisical takes");
        return with_jwt("kubernetes-auth", std::move(jwt));
    }

    Result<Proof> oidc() {
        LEASEHOLD_TRY_ASSIGN(auto found,
                             source_.job_jwt({"INFISICAL_OIDC_AUTH_JWT", "INFISICAL_JWT"}));
        if (!found)
            return missing("OIDC token", std::string(identity::job_jwt_hint));
        return with_jwt("oidc-auth", *std::move(found));
    }

    Result<Proof> jwt(std::string_view route) {
        LEASEHOLD_TRY_ASSIGN(auto given, source_.given_jwt({"INFISICAL_JWT"}));
        if (!given)
            return missing("JWT", "set jwt-file or jwt-variable in the profile, or INFISICAL_JWT");
        return with_jwt(route, *std::move(given));
    }

    Result<Proof> token() {
        LEASEHOLD_TRY_ASSIGN(auto token, find_secret({auth_.token_file,
                                                      "token file",
                                                      {"INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN",
                                                       "INFISICAL_TOKEN", "INFISICAL_ACCESS_TOKEN"},
                                                      outside_.stored_secret}));
        if (!token)
            return not_kept("access token", "INFISICAL_TOKEN or token-file");
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
            return not_kept("LDAP password", "INFISICAL_LDAP_PASSWORD or password-file");
        Proof proof = identity_proof("ldap-auth");
        identity::add_text(proof.fields, "username", auth_.username);
        proof.fields.emplace_back("password", *std::move(password));
        return proof;
    }

    Result<Proof> aws() {
        LEASEHOLD_TRY_ASSIGN(const identity::AwsSts sts, source_.aws_region());
        LEASEHOLD_TRY_ASSIGN(const identity::AwsSignedRequest request,
                             source_.aws_request("infisical.auth.machine-credentials", sts));
        Proof proof = identity_proof("aws-auth");
        // Newer keys in the same place are another try.
        proof.fingerprint += ' ' + request.fingerprint;
        identity::add_text(proof.fields, "iamHttpRequestMethod", "POST");
        identity::add_text(proof.fields, "iamRequestBody", base64_encode(request.body));
        proof.fields.emplace_back("iamRequestHeaders",
                                  Secret::take(base64_encode(request.headers.reveal())));
        return proof;
    }

    Result<Proof> azure() {
        LEASEHOLD_TRY_ASSIGN(identity::FoundJwt jwt, source_.azure_jwt());
        return with_jwt("azure-auth", std::move(jwt));
    }

    Result<Proof> gcp() {
        LEASEHOLD_TRY_ASSIGN(identity::FoundJwt jwt, source_.google_jwt(google_audience()));
        return with_jwt("gcp-auth", std::move(jwt));
    }

    Result<Proof> gcp_iam() {
        LEASEHOLD_TRY_ASSIGN(identity::FoundJwt jwt, source_.google_key_jwt(google_audience()));
        return with_jwt("gcp-auth", std::move(jwt));
    }

    Result<Proof> oci() {
        LEASEHOLD_TRY_ASSIGN(identity::OciSignedRequest request, source_.oci_request());
        Proof proof = identity_proof("oci-auth");
        proof.fingerprint += ' ' + request.key_id;
        identity::add_text(proof.fields, "userOcid", request.user);
        proof.fields.emplace_back("headers", std::move(request.headers), true);
        return proof;
    }

    Result<Proof> alicloud() {
        LEASEHOLD_TRY_ASSIGN(const auto key, source_.alicloud_key(outside_.stored_secret));
        if (!key)
            return not_kept("secret of the access key " + quoted(auth_.access_key_id),
                            "ALIBABA_CLOUD_ACCESS_KEY_SECRET or access-key-secret-file");
        if (auth_.access_key_secret_file.empty() &&
            outside_.environment.value("ALIBABA_CLOUD_ACCESS_KEY_SECRET") == key->secret.reveal() &&
            !outside_.environment.value("ALIBABA_CLOUD_SECURITY_TOKEN").empty())
            return make_error(ErrorCode::configuration,
                              "the access key in the environment is a temporary one, which "
                              "Infisical cannot hold against anything",
                              "give the key of a user: it comes without "
                              "ALIBABA_CLOUD_SECURITY_TOKEN");
        LEASEHOLD_TRY_ASSIGN(const auto request, source_.alicloud_request(*key));
        Proof proof = identity_proof("alicloud-auth");
        proof.fingerprint = sha256_hex(key->secret.reveal());
        for (const auto& [name, value] : request)
            identity::add_text(proof.fields, name, value);
        return proof;
    }

    // The proof is the certificate of the connection.
    Result<Proof> tls_cert() {
        LEASEHOLD_TRY_ASSIGN(
            const std::string pem,
            read_file(auth_.client_certificate, {.limit = 1 << 20}, "client certificate"));
        Proof proof = identity_proof("tls-cert-auth");
        proof.fingerprint = sha256_hex(pem);
        return proof;
    }

    Result<Proof> cli() {
        LEASEHOLD_TRY_ASSIGN(Secret token, read_cli_session(settings_, outside_));
        return ready(std::move(token));
    }

    Result<std::optional<Secret>> find_secret(const identity::SecretSource& source) const {
        return identity::find_secret(source, outside_.environment);
    }

    std::string google_audience() const {
        return auth_.audience.empty() ? auth_.identity_id : auth_.audience;
    }

    Proof identity_proof(std::string_view route) const {
        Proof proof;
        proof.path = std::string(route);
        proof.fingerprint = std::string(route);
        identity::add_text(proof.fields, "identityId", auth_.identity_id);
        return proof;
    }

    Proof with_jwt(std::string_view route, identity::FoundJwt jwt) const {
        Proof proof = identity_proof(route);
        identity::add_jwt(proof, std::move(jwt));
        return proof;
    }

    static Result<Proof> ready(Secret token) {
        if (!is_bearer_token(token.reveal()))
            return make_error(ErrorCode::configuration, "the access token holds characters that "
                                                        "none can hold");
        Proof proof;
        proof.token = std::move(token);
        return proof;
    }

    const InfisicalSettings& settings_;
    const AuthSettings& auth_;
    const Outside& outside_;
    identity::Surroundings around_;
    identity::ProofSource source_;
};

} // namespace

Result<Proof> gather_proof(const InfisicalSettings& settings, const Outside& outside,
                           Deadline deadline) {
    return Gathering(settings, outside, deadline).run();
}

} // namespace leasehold::lease::infisical
