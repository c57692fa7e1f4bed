// Requests to one server over one connection, each asked again only where that is harmless.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/identity/server_exchange.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leasehold::lease::vault {

using identity::Outside;
using identity::Repeat;
struct VaultSettings;

struct Answer {
    http::Response response;
    UnixTime sent = 0; // local time before the request went out
    // How much of the login was left then; empty: it never ends, or nobody knows when.
    std::optional<Seconds> login_left;
    // Of a 403: the policies of the login, as far as it may see them.
    std::vector<std::string> policies;
};

class Exchange {
public:
    // Everything must outlive it. Connects on the first exchange.
    Exchange(const VaultSettings& settings, const Outside& outside)
        : settings_(settings), outside_(outside) {}

    // Any status is an answer but a redirect, which is not followed.
    [[nodiscard]] Result<Answer> send(http::Request& request, Repeat repeat, Deadline deadline);

private:
    [[nodiscard]] Result<void> open();

    const VaultSettings& settings_;
    const Outside& outside_;
    std::unique_ptr<http::HttpClient> client_;
};

} // namespace leasehold::lease::vault
