#include "src/http/tls_context.hpp"

#include "src/base/hostile_text.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

#include <dirent.h>
#include <unistd.h>

namespace leasehold::http {
namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
using BioPtr = std::unique_ptr<BIO, Free<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

constexpr const char* system_directory = "/etc/ssl/certs";
constexpr const char* system_bundle = "/etc/ssl/certs/ca-certificates.crt";

Error tls_error(std::string message, std::string hint = {}) {
    return make_error(ErrorCode::configuration, std::move(message), std::move(hint));
}

BioPtr memory_of(std::string_view bytes) {
    return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// A key file with a passphrase must not make OpenSSL ask for it on the terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

Result<void> trust_pem(SSL_CTX* context, const TlsTrust& trust) {
    const BioPtr bio = memory_of(trust.ca_pem);
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    int count = 0;
    while (true) {
        const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
        if (!certificate)
            break;
        if (X509_STORE_add_cert(store, certificate.get()) == 1)
            ++count;
    }
    ERR_clear_error();
    if (count == 0)
        return tls_error("there is no certificate in " + trust.ca_name,
                         "it must hold PEM: -----BEGIN CERTIFICATE-----");
    return {};
}

bool has_hashed_certificates(const char* path) {
    const std::unique_ptr<DIR, Free<closedir>> directory(::opendir(path));
    while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
        const std::string_view name(entry->d_name);
        if (name.size() >= 10 && name[8] == '.' && name.find_first_not_of("0123456789abcdef") == 8)
            return true;
    }
    return false;
}

bool trust_directory(SSL_CTX* context, const std::string& path) {
    return has_hashed_certificates(path.c_str()) &&
           SSL_CTX_load_verify_dir(context, path.c_str()) == 1;
}

bool trust_file(SSL_CTX* context, const std::string& path) {
    return SSL_CTX_load_verify_file(context, path.c_str()) == 1;
}

// The hashed directory first: parsing the system's whole bundle takes longer than the exchange.
Result<void> trust_system(SSL_CTX* context, const TlsTrust& trust) {
    const std::string& own_file = trust.system_file;
    const std::string& own_directory = trust.system_directory;
    bool found = false;
    if (!own_directory.empty())
        found = trust_directory(context, own_directory);
    if (!own_file.empty() && (!found || own_file != system_bundle))
        found = trust_file(context, own_file) || found;
    if (own_file.empty() && own_directory.empty())
        found = trust_directory(context, system_directory) || trust_file(context, system_bundle);
    ERR_clear_error();
    if (!found)
        return tls_error("no CA certificates were found at " + quoted(!own_file.empty() ? own_file
                                                                      : !own_directory.empty()
                                                                          ? own_directory
                                                                          : system_directory),
                         "install ca-certificates, or name the CA in the profile");
    return {};
}

Result<void> use_certificate(SSL_CTX* context, const ClientCertificate& pair) {
    const BioPtr bio = memory_of(pair.certificate_pem);
    const X509Ptr leaf(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
    if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1)
        return tls_error("the client certificate is not PEM");
    while (X509* chain = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr))
        (void)SSL_CTX_add_extra_chain_cert(context, chain); // takes it over
    const BioPtr key_bio = memory_of(pair.key_pem.reveal());
    const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key)
        return tls_error("the client key is not PEM, or has a passphrase");
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return tls_error("the client key does not belong to the client certificate");
    return {};
}

bool is_trust_problem(long code) {
    return code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           code == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
           code == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
           code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
           code == X509_V_ERR_CERT_SIGNATURE_FAILURE;
}

} // namespace

Result<boost::asio::ssl::context> make_tls_context(const Server& server) {
    // No configuration file, engine or provider of the environment's choosing (TLS-7).
    (void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    SSL_CTX* raw = SSL_CTX_new(TLS_client_method());
    if (raw == nullptr)
        return make_error(ErrorCode::internal, "OpenSSL cannot make a TLS context");
    boost::asio::ssl::context context(raw);
    (void)SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
    if (server.trust.ca_pem.empty())
        LEASEHOLD_TRY(trust_system(raw, server.trust));
    else
        LEASEHOLD_TRY(trust_pem(raw, server.trust));
    if (server.certificate)
        LEASEHOLD_TRY(use_certificate(raw, *server.certificate));
    constexpr unsigned char protocols[] = "\x08http/1.1";
    (void)SSL_CTX_set_alpn_protos(raw, protocols, sizeof protocols - 1);
    return context;
}

Result<void> expect_name(SSL* tls, const std::string& name) {
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls);
    // As Go does: SANs only, no partial wildcards (F12).
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool set =
        is_ip_address(name)
            ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1
            : X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size()) == 1 &&
                  SSL_set_tlsext_host_name(tls, name.c_str()) == 1;
    if (!set)
        return make_error(ErrorCode::configuration, quoted(name) + " cannot be a TLS server name");
    return {};
}

Error handshake_error(SSL* tls, const std::string& name, const TlsTrust& trust,
                      const std::string& reason) {
    const long code = SSL_get_verify_result(tls);
    const std::string who = "the TLS certificate of " + quoted(name);
    if (is_trust_problem(code))
        return make_error(ErrorCode::unreachable,
                          who + " is not trusted: " + X509_verify_cert_error_string(code),
                          "its CA must be in " + (trust.ca_name.empty()
                                                      ? "the system's CA directory, or be named in "
                                                        "the profile (certificate-authority)"
                                                      : trust.ca_name));
    if (code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID)
        return make_error(
            ErrorCode::unreachable,
            who + (code == X509_V_ERR_CERT_HAS_EXPIRED ? " has expired" : " is not valid yet"),
            "check the clock of this machine, then the server's certificate");
    if (code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return make_error(ErrorCode::unreachable, who + " is for another name",
                          "connect by a name in its SANs, or set tls-server-name");
    if (code != X509_V_OK)
        return make_error(ErrorCode::unreachable,
                          who + " is not acceptable: " + X509_verify_cert_error_string(code));
    return make_error(ErrorCode::unreachable, "the TLS handshake with " + quoted(name) +
                                                  " failed: " + hostile_text(reason));
}

} // namespace leasehold::http
