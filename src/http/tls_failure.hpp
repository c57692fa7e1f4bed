// What went wrong in TLS, for people: a certificate, an alert of the server's, no TLS at all.
#pragma once

#include "src/http/client.hpp"
#include "src/http/tls_context.hpp"

#include <boost/system/error_code.hpp>

#include <optional>
#include <string>

namespace leasehold::http {

// Why the handshake with `server` failed with `reason`.
[[nodiscard]] Error handshake_error(const Peer& peer, const Server& server,
                                    boost::system::error_code reason);

// The reason in words, without what OpenSSL calls the part of itself that gives it.
[[nodiscard]] std::string tls_words(boost::system::error_code reason);

// What stood there answered, but not in TLS.
[[nodiscard]] bool speaks_no_tls(boost::system::error_code reason);

// Why the server ended a connection, if it said so by an alert (RFC 8446, section 6).
[[nodiscard]] std::optional<Error> told_by_alert(const Peer& peer, const Server& server,
                                                 boost::system::error_code reason);

// Whether that alert, the first that came on `tls`, ends the handshake on the server's side, which
// with TLS 1.3 looks at a client certificate, or misses one, only after ours: it read nothing of a
// request.
[[nodiscard]] bool is_before_any_request(const SSL* tls, const Peer& peer,
                                         boost::system::error_code reason);

// It asked for a client certificate, there was none, and it said nothing before it hung up.
[[nodiscard]] std::string hint_of_silence(const Peer& peer);

} // namespace leasehold::http
