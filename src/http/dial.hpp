// From a host name to a connected socket: resolver off the main thread, happy eyeballs by hand.
#pragma once

#include "src/http/client.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <string>
#include <vector>

namespace leasehold::http {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// Resolves within the deadline; tests give another one.
using Resolve = std::function<HttpResult<Endpoints>(const std::string& host, std::uint16_t port,
                                                    Deadline deadline)>;

// getaddrinfo in a thread that is left behind if it does not end (F10); literals need no thread.
[[nodiscard]] HttpResult<Endpoints> resolve_host(const std::string& host, std::uint16_t port,
                                                 Deadline deadline);

// RFC 8305, section 4: families in turn, beginning with the first one's.
[[nodiscard]] Endpoints interleave(const Endpoints& endpoints);

// Connects to the first endpoint that answers, each attempt 250 ms after the one before or at once
// when that has failed (RFC 8305, section 5).
[[nodiscard]] HttpResult<boost::asio::ip::tcp::socket> connect_any(boost::asio::io_context& io,
                                                                   const Endpoints& endpoints,
                                                                   const std::string& name,
                                                                   Deadline deadline);

} // namespace leasehold::http
