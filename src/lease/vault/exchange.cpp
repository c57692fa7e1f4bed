#include "src/lease/vault/exchange.hpp"

#include "src/base/files.hpp"
#include "src/http/proxy_environment.hpp"
#include "src/lease/identity/client_certificate.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"
#include "src/lease/vault/wire/refusal.hpp"

#include <random>
#include <thread>

namespace leasehold::lease::vault {
namespace {

constexpr int most_attempts = 3;
constexpr Milliseconds short_pause{300};
constexpr Seconds longest_pause{10};
// The engine asks the cluster five times a second at most, and makes three objects for a lease.
constexpr http::Budgets budgets{
    .resolve = Seconds(5), .connect = Seconds(5), .handshake = Seconds(5), .response = Seconds(45)};

// Not the same for all who were turned away at once.
Milliseconds about_a_second() {
    std::random_device random;
    return Milliseconds(1000 + random() % 1000);
}

// How long to wait before the same request may go out again; empty: never.
std::optional<Milliseconds> pause_after(const http::HttpResult<http::Response>& outcome,
                                        Repeat repeat) {
    if (repeat == Repeat::never)
        return std::nullopt;
    if (!outcome) {
        const http::Failure& failure = outcome.error();
        const bool begun = failure.sent || failure.stage != http::Stage::connect ||
                           failure.error.code != ErrorCode::unreachable;
        return begun ? std::nullopt : std::optional<Milliseconds>(short_pause);
    }
    // What these stop was never begun.
    switch (outcome->status) {
    case 429: {
        const auto wait = read_refusal(*outcome).wait;
        if (!wait)
            return about_a_second();
        return *wait <= longest_pause ? std::optional<Milliseconds>(*wait) : std::nullopt;
    }
    case 412:
    case 503:
        return short_pause;
    case 502:
        return repeat == Repeat::reads ? std::optional<Milliseconds>(short_pause) : std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace

Result<void> Exchange::open() {
    if (client_ != nullptr)
        return {};
    http::Server server;
    server.url = settings_.address;
    server.proxy = settings_.proxy;
    if (!server.proxy) {
        LEASEHOLD_TRY_ASSIGN(server.proxy,
                             http::proxy_from_environment(settings_.address, outside_.environment));
    }
    if (!settings_.ca_file.empty()) {
        LEASEHOLD_TRY_ASSIGN(server.trust.ca_pem,
                             read_file(settings_.ca_file, {}, "Vault's certificate-authority"));
        server.trust.ca_name = settings_.ca_file;
    }
    server.trust.server_name = settings_.tls_server_name;
    server.trust.system_file = outside_.environment.value("SSL_CERT_FILE");
    server.trust.system_directory = outside_.environment.value("SSL_CERT_DIR");
    if (!settings_.client_certificate.empty()) {
        LEASEHOLD_TRY_ASSIGN(server.certificate,
                             identity::read_client_certificate(
                                 {settings_.client_certificate, settings_.client_key}));
    }
    client_ = outside_.connect(std::move(server), budgets);
    return {};
}

Result<Answer> Exchange::send(http::Request& request, Repeat repeat, Deadline deadline) {
    LEASEHOLD_TRY(open());
    for (int attempt = 1;; ++attempt) {
        const UnixTime sent = outside_.clock.now().wall;
        auto outcome = client_->exchange(request, deadline);
        if (!outcome && outcome.error().redirect)
            return redirect_error(settings_.address.text(), *outcome.error().redirect);
        const auto pause = pause_after(outcome, repeat);
        if (!pause || attempt == most_attempts || deadline.left() <= *pause) {
            if (!outcome)
                return std::move(outcome).error().error;
            return Answer{*std::move(outcome), sent, {}, {}};
        }
        outside_.log("waiting " + std::to_string(pause->count()) + " ms before asking again");
        std::this_thread::sleep_for(*pause);
    }
}

} // namespace leasehold::lease::vault
