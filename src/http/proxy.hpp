// What all kinds of proxies have in common: their credentials and how their failures read.
#pragma once

#include "src/http/client.hpp"

#include <optional>
#include <string>

namespace leasehold::http {

// A tunnel that is to be opened through `proxy`, both of which outlive it.
struct Tunnel {
    const Url& proxy;
    const Url& server;
    Deadline deadline;
};

struct ProxyCredential {
    std::string user;
    Secret password;
};

// The user name and password of the proxy's URL, percent-decoded; empty if it has none. Refused
// are escapes that are none, control characters, and a colon in the name (RFC 7617, section 2).
[[nodiscard]] Result<std::optional<ProxyCredential>> proxy_credential(const Url& proxy);

// "the proxy "http://proxy.example:3128": WHAT", never with the URL's credential.
[[nodiscard]] Failure proxy_failure(const Url& proxy, ErrorCode code, const std::string& what,
                                    std::string hint = {});
// The same for a failure that does not name the proxy as one.
[[nodiscard]] Failure proxy_failure(const Url& proxy, Failure failure);

} // namespace leasehold::http
