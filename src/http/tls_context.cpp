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

int peer_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// Called when the server asks for a certificate and there is none to show.
int note_question(SSL* tls, X509**, EVP_PKEY**) noexcept {
    if (auto* peer = static_cast<Peer*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(tls), peer_index())))
        peer->missed_a_certificate = true;
    return 0;
}

void set_up(SSL_CTX* context, Peer& peer) {
    (void)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // A server stays who it was in the handshake, as for kubectl.
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, verify, &peer);
    (void)SSL_CTX_set_ex_data(context, peer_index(), &peer);
    SSL_CTX_set_client_cert_cb(context, note_question);
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
    made.peer->sees_a_certificate = server.certificate.has_value();
    return made;
} // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the caller has it; LeakSanitizer sees none

Result<void> announce_name(SSL* tls, const std::string& name) {
    if (is_ip_address(name))
        return {};
    // RFC 6066, section 3: without the dot at the end.
    const std::string plain = name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
    if (SSL_set_tlsext_host_name(tls, plain.c_str()) != 1)
        return make_error(ErrorCode::configuration, quoted(name) + " cannot be a TLS server name");
    return {};
}

} // namespace leasehold::http
