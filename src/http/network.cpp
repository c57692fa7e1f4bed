#include "src/http/network.hpp"

#include "src/base/fd.hpp"

#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace leasehold::http {
namespace {

// To connect a datagram socket is to ask for a route, no more.
template <class Address>
int route_fault(int family, const Address& address) {
    const Fd probe(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!probe)
        return errno;
    return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0
               ? 0
               : errno;
}

} // namespace

int network_fault() {
    // Addresses for documentation (RFC 5737, RFC 3849).
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(53);
    (void)::inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
    const int fault = route_fault(AF_INET, v4);
    if (fault == 0)
        return 0;
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(53);
    (void)::inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
    return route_fault(AF_INET6, v6) == 0 ? 0 : fault;
}

} // namespace leasehold::http
