// What a proof of identity needs from the world around, as values, so that tests can set them; and
// the one small exchange with a service of the machine or of the CI system.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/environment.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"
#include "src/http/client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::identity {

// Makes the connection to a server; tests give one that answers from a script.
using Connect = std::function<std::unique_ptr<http::HttpClient>(http::Server, http::Budgets)>;

// Referenced objects must outlive whatever is made with this.
struct Surroundings {
    const Environment& environment;
    const Clock& clock;
    std::string home; // "" if unknown
    const Connect& connect;
};

// Where a service is.
enum class Reach {
    machine, // beside this machine: no proxy, and it answers at once or is not there
    outside, // somewhere else: by the environment's proxy
};

struct ServiceRequest {
    std::string url; // may have a query
    std::string method = "GET";
    std::vector<http::Header> headers;
    const Secret* bearer = nullptr;
    Reach reach = Reach::machine;
};

// The service's answer with status 200; any other is an Error that names `what`, with
// ErrorCode::denied. The system's roots are trusted.
[[nodiscard]] Result<http::Response> ask_service(const Surroundings& around,
                                                 const ServiceRequest& request,
                                                 std::string_view what, Deadline deadline);

// The token in such an answer: the member of that name of a JSON body, or, where `member` is "",
// the whole body. ErrorCode::bad_answer if there is none.
[[nodiscard]] Result<Secret> read_service_token(const http::Response& response,
                                                std::string_view member, std::string_view what);

} // namespace leasehold::lease::identity
