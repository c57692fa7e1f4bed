// The TLS settings of one origin: what is trusted, which names count, who we are (F12, TLS-1..9).
#pragma once

#include "src/http/client.hpp"

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace leasehold::http {

// A context that verifies: TLS 1.2 or newer, the given CA alone or the system's.
[[nodiscard]] Result<boost::asio::ssl::context> make_tls_context(const Server& server);

// Sets the name that the certificate must have in its SANs, and SNI for names.
[[nodiscard]] Result<void> expect_name(SSL* tls, const std::string& name);

// What a failed handshake means, for people. `name` is the server's.
[[nodiscard]] Error handshake_error(SSL* tls, const std::string& name, const TlsTrust& trust,
                                    const std::string& reason);

} // namespace leasehold::http
