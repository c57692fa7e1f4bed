// Exchanges with a server that is logged in to: how it is reached, and when the same request may go
// out again.
#pragma once

#include "src/base/environment.hpp"
#include "src/http/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::identity {

struct Outside;

// What asking again may do.
enum class Repeat {
    reads,   // nothing: the same question again is harmless
    changes, // perhaps a second account in the cluster: only what was never begun is asked again
    never,   // the first answer is what is wanted, whatever it is
};

// What a profile says of the way there.
struct ServerPlace {
    const Url& url;
    const std::optional<Url>& proxy; // empty: by the environment
    const std::string& ca_file;      // "": the system's
    std::string_view ca_what;        // the file's role, for messages
};
[[nodiscard]] Result<http::Server> find_server(const ServerPlace& place,
                                               const Environment& environment);

inline constexpr Milliseconds short_pause{300};

// How long to wait after such an answer before the same request may go out again; empty: never.
using PauseAfter = std::optional<Milliseconds> (*)(const http::Response& response, Repeat repeat);

// What the server asked for, if that is not too long to wait.
[[nodiscard]] std::optional<Milliseconds> bearable(Seconds wait);

struct LastAttempt {
    http::HttpResult<http::Response> outcome;
    UnixTime sent = 0; // local time before the request went out
};

// Up to three attempts within the deadline. After a failure another is made only where nothing of
// the request can have been begun; after an answer `pause_after` decides.
[[nodiscard]] LastAttempt exchange(http::HttpClient& client, const http::Request& request,
                                   Repeat repeat, PauseAfter pause_after, const Outside& outside,
                                   Deadline deadline);

// A number of seconds as it begins a text, such as a Retry-After; an hour at the most.
[[nodiscard]] std::optional<Seconds> read_wait(std::string_view text);

} // namespace leasehold::lease::identity
