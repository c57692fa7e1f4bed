// What went wrong in TLS, for people: a certificate, an alert of the server's, no TLS at all.
#pragma once

#include "src/http/client.hpp"
#include "src/http/tls_context.hpp"

#include <boost/system/error_code.hpp>

#include <optional>

namespace leasehold::http {

// Why the handshake with `server` failed with `reason`.
[[nodiscard]] Error handshake_error(const Peer& peer, const Server& server,
                                    boost::system::error_code reason);

// What stood there answered, but not in TLS.
[[nodiscard]] bool speaks_no_tls(boost::system::error_code reason);

// Why the server ended a connection after our side of the handshake, if it said so: with TLS 1.3
// it looks at a client certificate, or misses one, only then. Nothing was read of a request.
[[nodiscard]] std::optional<Error> refusal_of_client(const Peer& peer, const Server& server,
                                                     boost::system::error_code reason);

// It asked for a client certificate, there was none, and it said nothing before it hung up.
[[nodiscard]] std::string hint_of_silence(const Peer& peer);

} // namespace leasehold::http
