#include "src/lease/vault/exchange.hpp"

#include "src/lease/identity/client_certificate.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"
#include "src/lease/vault/wire/refusal.hpp"

#include <random>

namespace leasehold::lease::vault {
namespace {

// The engine asks the cluster five times a second at most, and makes three objects for a lease.
constexpr http::Budgets budgets{
    .resolve = Seconds(5), .connect = Seconds(5), .handshake = Seconds(5), .response = Seconds(45)};

// Not the same for all who were turned away at once.
std::optional<Milliseconds> about_a_second() {
    std::random_device random;
    return Milliseconds(1000 + random() % 1000);
}

std::optional<Milliseconds> pause_after(const http::Response& response, Repeat repeat) {
    // What these stop was never begun.
    switch (response.status) {
    case 429: {
        const auto wait = read_refusal(response).wait;
        return wait ? identity::bearable(*wait) : about_a_second();
    }
    case 500:
        return read_refusal(response).no_leader ? about_a_second() : std::nullopt;
    case 412:
    case 503:
        return identity::short_pause;
    case 502:
        return repeat == Repeat::reads ? std::optional<Milliseconds>(identity::short_pause)
                                       : std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace

Result<void> Exchange::open() {
    if (client_ != nullptr)
        return {};
    LEASEHOLD_TRY_ASSIGN(http::Server server,
                         identity::find_server({settings_.address, settings_.proxy,
                                                settings_.ca_file, "Vault's certificate-authority"},
                                               outside_.environment));
    server.trust.server_name = settings_.tls_server_name;
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
    identity::LastAttempt last =
        identity::exchange(*client_, request, repeat, pause_after, outside_, deadline);
    if (last.outcome)
        return Answer{*std::move(last.outcome), last.sent, {}, {}};
    if (const auto& redirect = last.outcome.error().redirect)
        return redirect_error(settings_.address.text(), *redirect);
    return std::move(last.outcome).error().error;
}

} // namespace leasehold::lease::vault
