#include "src/http/tls_context.hpp"

#include "src/base/hostile_text.hpp"
#include "src/http/openssl.hpp"
#include "src/http/pem.hpp"
#include "src/http/system_anchors.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace leasehold::http {
namespace {

// As much as Go reads.
constexpr long longest_certificate_message = 256 * 1024;

Error tls_error(std::string message, std::string hint = {}) {
    return make_error(ErrorCode::configuration, std::move(message), std::move(hint));
}

// What OpenSSL says of its last failure; the others are forgotten.
std::string last_reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return reason != nullptr ? reason : "OpenSSL refuses it";
}

BioPtr memory_of(std::string_view bytes) {
    return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// A key file with a passphrase must not make OpenSSL ask for it on the terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

Result<std::unique_ptr<Anchors>> make_anchors(const TlsTrust& trust) {
    if (trust.ca_pem.empty())
        return system_anchors(trust.system_file, trust.system_directory);
    auto anchors = named_anchors(trust.ca_pem);
    if (anchors->count() == 0)
        return tls_error("there is no certificate in " + trust.ca_name,
                         "it must hold PEM: -----BEGIN CERTIFICATE-----");
    return anchors;
}

// In place of OpenSSL's own verification.
int verify(X509_STORE_CTX* store, void* argument) noexcept {
    auto& peer = *static_cast<Peer*>(argument);
    peer.fault = judge_server(X509_STORE_CTX_get0_cert(store), X509_STORE_CTX_get0_untrusted(store),
                              *peer.anchors, peer.name);
    X509_STORE_CTX_set_error(store, peer.fault ? peer.fault->code : X509_V_OK);
    return peer.fault ? 0 : 1;
}

// The first block is the user's own, those after it are sent along.
Result<void> use_certificates(SSL_CTX* context, std::string_view pem) {
    const std::vector<std::string> blocks = certificate_blocks(pem);
    const X509Ptr own = blocks.empty() ? nullptr : parse_certificate(blocks.front());
    if (!own)
        return tls_error("the client certificate is not PEM");
    if (SSL_CTX_use_certificate(context, own.get()) != 1)
        return tls_error("the client certificate cannot be used: " + last_reason(),
                         "ask for a new one, with a longer key or a newer digest");
    for (std::size_t i = 1; i < blocks.size(); ++i)
        if (X509Ptr next = parse_certificate(blocks[i]))
            if (SSL_CTX_add_extra_chain_cert(context, next.get()) == 1)
                (void)next.release(); // taken over
    return {};
}

Result<void> use_client_certificate(SSL_CTX* context, const ClientCertificate& pair) {
    LEASEHOLD_TRY(use_certificates(context, pair.certificate_pem));
    const BioPtr key_bio = memory_of(pair.key_pem.reveal());
    const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key)
        return tls_error("the client key is not PEM, or has a passphrase");
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return tls_error("the client key does not belong to the client certificate");
    return {};
}

std::string place_of_authorities(const TlsTrust& trust) {
    if (!trust.ca_name.empty())
        return trust.ca_name;
    std::string place = "the system's CA certificates";
    if (!trust.system_file.empty())
        place += " (SSL_CERT_FILE is " + quoted(trust.system_file) + ')';
    if (!trust.system_directory.empty())
        place += " (SSL_CERT_DIR is " + quoted(trust.system_directory) + ')';
    return place + ", or be named in the profile (certificate-authority)";
}

Error unreachable(std::string message, std::string hint = {}) {
    return make_error(ErrorCode::unreachable, std::move(message), std::move(hint));
}

// The certificate of a CA on the way is at fault.
Error authority_error(const std::string& who, const ChainFault& fault, const TlsTrust& trust) {
    const std::string what = who + " is not trusted: its authority " + quoted(fault.authority);
    if (fault.code == X509_V_ERR_CERT_SIGNATURE_FAILURE)
        return unreachable(what + " is known with another key",
                           "if the CA was replaced, the new one must be in " +
                               place_of_authorities(trust));
    if (fault.code == X509_V_ERR_CERT_HAS_EXPIRED || fault.code == X509_V_ERR_CERT_NOT_YET_VALID)
        return unreachable(what + (fault.code == X509_V_ERR_CERT_HAS_EXPIRED ? " has expired"
                                                                             : " is not valid yet"),
                           "check the clock of this machine; a renewed CA must be in " +
                               place_of_authorities(trust));
    return unreachable(what + " does not count: " + X509_verify_cert_error_string(fault.code),
                       "whoever runs the CA must issue it anew");
}

Error chain_error(const std::string& who, const ChainFault& fault, const TlsTrust& trust) {
    const std::string reason = X509_verify_cert_error_string(fault.code);
    switch (fault.code) {
    case X509_V_ERR_STORE_LOOKUP:
        return tls_error("no CA certificates were found on this machine",
                         "install ca-certificates, or name the CA in the profile");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return unreachable(who + " is not trusted: " + reason,
                           "its CA must be in " + place_of_authorities(trust));
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return unreachable(who + (fault.code == X509_V_ERR_CERT_HAS_EXPIRED ? " has expired"
                                                                            : " is not valid yet"),
                           "check the clock of this machine, then the server's certificate");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return unreachable(who + " is for another name",
                           "connect by a name in its SANs, or set tls-server-name");
    default:
        return unreachable(who + " is not acceptable: " + reason);
    }
}

void set_up(SSL_CTX* context, Peer& peer) {
    (void)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, verify, &peer);
    SSL_CTX_set_max_cert_list(context, longest_certificate_message);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    constexpr unsigned char protocols[] = "\x08http/1.1";
    (void)SSL_CTX_set_alpn_protos(context, protocols, sizeof protocols - 1);
}

} // namespace

Result<TlsContext> make_tls_context(const Server& server) {
    // No configuration file, engine or provider of the environment's choosing (TLS-7).
    (void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    SSL_CTX* raw = SSL_CTX_new(TLS_client_method());
    if (raw == nullptr)
        return make_error(ErrorCode::internal, "OpenSSL cannot make a TLS context");
    TlsContext made{std::make_unique<Peer>(), boost::asio::ssl::context(raw)};
    made.peer->name = server.trust.server_name.empty() ? server.url.host : server.trust.server_name;
    set_up(raw, *made.peer);
    LEASEHOLD_TRY_ASSIGN(made.peer->anchors, make_anchors(server.trust));
    if (server.certificate)
        LEASEHOLD_TRY(use_client_certificate(raw, *server.certificate));
    return made;
}

Result<void> announce_name(SSL* tls, const std::string& name) {
    if (is_ip_address(name))
        return {};
    // RFC 6066, section 3: without the dot at the end.
    const std::string plain = name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
    if (SSL_set_tlsext_host_name(tls, plain.c_str()) != 1)
        return make_error(ErrorCode::configuration, quoted(name) + " cannot be a TLS server name");
    return {};
}

Error handshake_error(const Peer& peer, const TlsTrust& trust, const std::string& reason) {
    const std::string who = "the TLS certificate of " + quoted(peer.name);
    if (peer.fault)
        return peer.fault->authority.empty() ? chain_error(who, *peer.fault, trust)
                                             : authority_error(who, *peer.fault, trust);
    return unreachable("the TLS handshake with " + quoted(peer.name) +
                       " failed: " + hostile_text(reason));
}

} // namespace leasehold::http
