#include "src/lease/identity/server_exchange.hpp"

#include "src/base/files.hpp"
#include "src/http/proxy_environment.hpp"
#include "src/lease/identity/outside.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

namespace leasehold::lease::identity {
namespace {

constexpr int most_attempts = 3;
constexpr Seconds longest_pause{10};
constexpr std::int64_t longest_wait = 3600;

std::optional<Milliseconds> pause_after_failure(const http::Failure& failure) {
    const bool begun = failure.sent || failure.stage != http::Stage::connect ||
                       failure.error.code != ErrorCode::unreachable;
    return begun ? std::nullopt : std::optional<Milliseconds>(short_pause);
}

} // namespace

Result<http::Server> find_server(const ServerPlace& place, const Environment& environment) {
    http::Server server;
    server.url = place.url;
    server.proxy = place.proxy;
    if (!server.proxy) {
        LEASEHOLD_TRY_ASSIGN(server.proxy, http::proxy_from_environment(place.url, environment));
    }
    if (!place.ca_file.empty()) {
        LEASEHOLD_TRY_ASSIGN(server.trust.ca_pem, read_file(place.ca_file, {}, place.ca_what));
        server.trust.ca_name = place.ca_file;
    }
    server.trust.system_file = environment.value("SSL_CERT_FILE");
    server.trust.system_directory = environment.value("SSL_CERT_DIR");
    return server;
}

std::optional<Milliseconds> bearable(Seconds wait) {
    return wait <= longest_pause ? std::optional<Milliseconds>(wait) : std::nullopt;
}

LastAttempt exchange(http::HttpClient& client, const http::Request& request, Repeat repeat,
                     PauseAfter pause_after, const Outside& outside, Deadline deadline) {
    for (int attempt = 1;; ++attempt) {
        const UnixTime sent = outside.clock.now().wall;
        auto outcome = client.exchange(request, deadline);
        const auto pause = repeat == Repeat::never ? std::nullopt
                           : outcome               ? pause_after(*outcome, repeat)
                                                   : pause_after_failure(outcome.error());
        if (!pause || attempt == most_attempts || deadline.left() <= *pause)
            return {std::move(outcome), sent};
        outside.log("waiting " + std::to_string(pause->count()) + " ms before asking again");
        std::this_thread::sleep_for(*pause);
    }
}

std::optional<Seconds> read_wait(std::string_view text) {
    std::int64_t seconds = -1;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (parsed.ec != std::errc() || seconds < 0)
        return std::nullopt;
    return Seconds(std::min(seconds, longest_wait));
}

} // namespace leasehold::lease::identity
