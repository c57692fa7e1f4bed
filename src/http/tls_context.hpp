// The TLS settings of one origin: what is trusted, which names count, who we are (F12, TLS-1..9).
#pragma once

#include "src/http/chain_search.hpp"
#include "src/http/client.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>
#include <string>

namespace leasehold::http {

// Whom a handshake is to find, and what it found out.
struct Peer {
    std::string name; // which the certificate must have in its SANs
    std::unique_ptr<Anchors> anchors;
    std::optional<ChainFault> fault;   // why it is not believed, after a handshake that failed so
    bool sees_a_certificate = false;   // of ours
    bool missed_a_certificate = false; // asked for one, and there is none
};

struct TlsContext {
    std::unique_ptr<Peer> peer; // the context points to it
    boost::asio::ssl::context context;
};

// A context that verifies: TLS 1.2 or newer, the given CA alone or the system's.
[[nodiscard]] Result<TlsContext> make_tls_context(const Server& server);

// Says in SNI which name is expected, unless it is an address.
[[nodiscard]] Result<void> announce_name(SSL* tls, const std::string& name);

} // namespace leasehold::http
