// A TLS connection to one origin, opened and used in phases that each end in time.
#pragma once

#include "src/http/client.hpp"
#include "src/http/request_text.hpp"

#include <memory>

namespace leasehold::http {

class Connection {
public:
    virtual ~Connection() = default;
    // Sends and reads one answer. `sent` in a Failure says whether bytes went out.
    [[nodiscard]] virtual HttpResult<Response> exchange(Message& message, BodySink* sink,
                                                        Deadline deadline) = 0;
    // False once the server or we have ended it, as far as can be seen from here.
    [[nodiscard]] virtual bool usable() const = 0;
};

// Resolves, connects (through the server's proxy if it has one), and shakes hands.
[[nodiscard]] HttpResult<std::unique_ptr<Connection>>
open_connection(const Server& server, const Budgets& budgets, Deadline deadline);

} // namespace leasehold::http
