// What logging in and leasing need from the world around, as values, so that tests can set them.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/environment.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"
#include "src/http/client.hpp"
#include "src/lease/identity/session.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::infisical {

// Makes the connection to a server; tests give one that answers from a script.
using Connect = std::function<std::unique_ptr<http::HttpClient>(http::Server, http::Budgets)>;

// Referenced objects must outlive whatever is made with this.
struct Outside {
    const Environment& environment;
    const Clock& clock;
    std::string home; // "" if unknown
    Connect connect;
    SessionStore* sessions = nullptr; // null: nothing is kept
    // The secret that `leasehold login` kept; empty optional if there is none.
    std::function<Result<std::optional<Secret>>()> stored_secret = [] {
        return std::optional<Secret>();
    };
    // What Infisical's own CLI keeps in the Secret Service for an account; empty if nothing.
    std::function<Result<std::optional<Secret>>(const std::string& account)> cli_entry =
        [](const std::string&) { return std::optional<Secret>(); };
    std::function<void(std::string_view)> log = [](std::string_view) {}; // never a secret
};

// One small exchange with a service of the machine or of the CI system, apart from the site: no
// proxy, the system's roots. `url` may have a query. An answer other than 200 is an Error that
// names `what`.
struct SideRequest {
    std::string url;
    std::string method = "GET";
    std::vector<http::Header> headers;
    const Secret* bearer = nullptr;
};
[[nodiscard]] Result<http::Response> ask_aside(const Outside& outside, const SideRequest& request,
                                               std::string_view what, Deadline deadline);

} // namespace leasehold::lease::infisical
