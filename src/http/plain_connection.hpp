// A connection without TLS, for the few places that have none: the metadata services of cloud
// machines (link-local, or the machine itself) and servers on loopback.
#pragma once

#include "src/http/connection.hpp"

namespace leasehold::http {

// True for 127.0.0.0/8, ::1 and localhost, where nobody can listen in, and for the link-local
// addresses of metadata services (169.254.0.0/16, fe80::/10).
[[nodiscard]] bool may_be_plain(const Url& url);

// Resolves and connects, never through a proxy. A server for which may_be_plain() does not hold is
// refused with ErrorCode::configuration, whoever asks.
[[nodiscard]] HttpResult<std::unique_ptr<Connection>>
open_plain_connection(const Server& server, const Budgets& budgets, Deadline deadline);

} // namespace leasehold::http
