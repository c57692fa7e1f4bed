#include "src/http/tls_failure.hpp"

#include "src/base/hostile_text.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

namespace leasehold::http {
namespace {

using SystemCode = boost::system::error_code;

std::string place_of_authorities(const TlsTrust& trust) {
    if (!trust.ca_name.empty())
        return trust.ca_name;
    std::string place = "the system's CA certificates";
    if (!trust.system_file.empty())
        place += " (SSL_CERT_FILE is " + quoted(trust.system_file) + ')';
    if (!trust.system_directory.empty())
        place += " (SSL_CERT_DIR is " + quoted(trust.system_directory) + ')';
    return place + ", or be named in the profile (" + trust.setting + ")";
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
        return make_error(ErrorCode::configuration, "no CA certificates were found on this machine",
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

int reason_of(SystemCode code) {
    return code.category() == boost::asio::error::get_ssl_category()
               ? ERR_GET_REASON(static_cast<unsigned long>(code.value()))
               : 0;
}

// The alert (RFC 8446, section 6) by which the server ended the connection. Empty if it sent none.
std::optional<int> alert_of(SystemCode code) {
    const int alert = reason_of(code) - SSL_AD_REASON_OFFSET;
    return alert >= 0 && alert < 256 ? std::optional<int>(alert) : std::nullopt;
}

// The words of RFC 8446 for the alerts that OpenSSL has none for; a number for those of nobody.
std::string alert_words(int alert) {
    switch (alert) {
    case SSL_AD_INAPPROPRIATE_FALLBACK:
        return "inappropriate fallback";
    case SSL_AD_MISSING_EXTENSION:
        return "missing extension";
    case SSL_AD_CERTIFICATE_REQUIRED:
        return "certificate required";
    default:
        break;
    }
    std::string words = SSL_alert_desc_string_long(alert);
    std::replace(words.begin(), words.end(), '_', ' ');
    return words == "unknown" ? "number " + std::to_string(alert) : words;
}

std::string alert_name(int alert) {
    return '"' + alert_words(alert) + '"';
}

bool is_about_our_certificate(int alert) {
    switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR:
    case SSL_AD_HANDSHAKE_FAILURE: // TLS 1.2's word for a certificate that is missing
    case SSL_AD_CERTIFICATE_REQUIRED:
        return true;
    default:
        return false;
    }
}

Error wants_certificate(const Server& server, int alert) {
    return unreachable(quoted(server.url.authority()) +
                           " wants a client certificate, and there is none to show (TLS alert " +
                           alert_name(alert) + ')',
                       "let the requester be one with a client certificate and its key, or connect "
                       "past what stands before the server and asks for it");
}

Error refuses_certificate(const Server& server, int alert) {
    return unreachable(
        quoted(server.url.authority()) + " does not accept the client certificate: TLS alert " +
            alert_name(alert),
        alert == SSL_AD_CERTIFICATE_EXPIRED ? "get a new one; is the clock of this machine right?"
        : alert == SSL_AD_UNKNOWN_CA
            ? "it must come from a CA that the server knows, with the intermediates in its file"
            : "is it the right one for this server, and has it expired?");
}

Error alert_error(const Peer& peer, const Server& server, int alert) {
    const std::string who = quoted(server.url.authority());
    if (alert == SSL_AD_PROTOCOL_VERSION)
        return unreachable(who + " speaks no version of TLS that is allowed",
                           "it must speak TLS 1.2 or 1.3");
    if (alert == SSL_AD_UNRECOGNIZED_NAME)
        return unreachable(who + " knows no server named " + quoted(peer.name),
                           "connect by a name that it knows, or set tls-server-name");
    if (alert == SSL_AD_NO_APPLICATION_PROTOCOL)
        return unreachable(who + " does not speak HTTP/1.1 (TLS alert " + alert_name(alert) + ')',
                           "is it the right port?");
    if (alert == SSL_AD_HANDSHAKE_FAILURE || alert == SSL_AD_INSUFFICIENT_SECURITY)
        return unreachable(who + " has no way of TLS in common with us (alert " +
                               alert_name(alert) + ')',
                           "look at the server's TLS versions, ciphers and kind of key");
    return unreachable(who + " ended TLS with the alert " + alert_name(alert),
                       "look at the server's log, or at what stands before it");
}

bool is_hang_up(SystemCode code) {
    return code == boost::asio::error::eof || code == boost::asio::error::connection_reset ||
           code == boost::asio::error::broken_pipe ||
           code == boost::asio::ssl::error::stream_truncated;
}

} // namespace

std::string tls_words(SystemCode reason) {
    const char* words = reason.category() == boost::asio::error::get_ssl_category()
                            ? ERR_reason_error_string(static_cast<unsigned long>(reason.value()))
                            : nullptr;
    return words != nullptr ? words : hostile_text(reason.message());
}

bool speaks_no_tls(SystemCode reason) {
    const int code = reason_of(reason);
    return code == SSL_R_WRONG_VERSION_NUMBER || code == SSL_R_HTTP_REQUEST ||
           code == SSL_R_PACKET_LENGTH_TOO_LONG;
}

std::string hint_of_silence(const Peer& peer) {
    return peer.missed_a_certificate
               ? "it asked for a client certificate and there is none to show: if it demands one, "
                 "let the requester be one with a client certificate"
               : "";
}

bool is_before_any_request(const SSL* tls, const Peer& peer, SystemCode reason) {
    const auto alert = alert_of(reason);
    return SSL_version(tls) == TLS1_3_VERSION && alert && is_about_our_certificate(*alert) &&
           (peer.missed_a_certificate || peer.sees_a_certificate);
}

std::optional<Error> told_by_alert(const Peer& peer, const Server& server, SystemCode reason) {
    const auto alert = alert_of(reason);
    if (!alert)
        return std::nullopt;
    if (is_about_our_certificate(*alert) && peer.missed_a_certificate)
        return wants_certificate(server, *alert);
    if (is_about_our_certificate(*alert) && peer.sees_a_certificate)
        return refuses_certificate(server, *alert);
    return alert_error(peer, server, *alert);
}

Error handshake_error(const Peer& peer, const Server& server, SystemCode reason) {
    const std::string who = "the TLS certificate of " + quoted(peer.name);
    if (peer.fault)
        return peer.fault->authority.empty() ? chain_error(who, *peer.fault, server.trust)
                                             : authority_error(who, *peer.fault, server.trust);
    if (auto told = told_by_alert(peer, server, reason))
        return *std::move(told);
    if (speaks_no_tls(reason))
        return unreachable(quoted(server.url.authority()) + " does not speak TLS on this port",
                           "is it the right port? What speaks plain HTTP gets no credentials");
    if (reason_of(reason) == SSL_R_UNSUPPORTED_PROTOCOL)
        return alert_error(peer, server, SSL_AD_PROTOCOL_VERSION);
    if (reason_of(reason) == SSL_R_INAPPROPRIATE_FALLBACK)
        return unreachable(quoted(server.url.authority()) +
                               " was made to speak an older version of TLS than it knows",
                           "something in between changes what is sent: go past it");
    if (is_hang_up(reason)) {
        const std::string hint = hint_of_silence(peer);
        return unreachable(quoted(server.url.authority()) + " hung up during the TLS handshake",
                           !hint.empty() ? hint
                                         : "is it the right port, and is there a server behind "
                                           "what stands before it?");
    }
    return unreachable("the TLS handshake with " + quoted(peer.name) +
                       " failed: " + tls_words(reason));
}

} // namespace leasehold::http
