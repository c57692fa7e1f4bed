#include "src/lease/infisical/site_client.hpp"

#include "src/lease/identity/client_certificate.hpp"
#include "src/lease/identity/session_keeper.hpp"
#include "src/lease/infisical/login/proof.hpp"
#include "src/lease/infisical/login/session_answer.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/infisical/wire/requests.hpp"

#include <algorithm>

namespace leasehold::lease::infisical {
namespace {

// A gateway in another network adds up to 10 s for each of its calls to the cluster.
constexpr http::Budgets budgets{
    .resolve = Seconds(5), .connect = Seconds(5), .handshake = Seconds(5), .response = Seconds(45)};

std::optional<Milliseconds> pause_after(const http::Response& response, Repeat repeat) {
    // The limiter stands before everything else: what it stops was never begun. Where it does not
    // say how long to wait, it is another 429.
    if (response.status == 429) {
        const auto wait = read_refusal(response).wait;
        return wait ? identity::bearable(*wait) : std::nullopt;
    }
    const bool gateway = response.status == 502 || response.status == 503;
    return gateway && repeat == Repeat::reads ? std::optional<Milliseconds>(identity::short_pause)
                                              : std::nullopt;
}

} // namespace

struct SiteClient::State final : identity::SessionMaker {
    State(const InfisicalSettings& site_settings, const Outside& around)
        : settings(site_settings), outside(around),
          sessions(*this, outside.sessions, outside.clock, outside.log) {}

    const InfisicalSettings& settings;
    const Outside& outside;
    std::unique_ptr<http::HttpClient> client = nullptr;
    std::vector<http::Header> headers = {};
    Proof proof = {};
    identity::SessionKeeper sessions;
    bool may_be_done = false; // by the last exchange

    [[nodiscard]] UnixTime now() const { return outside.clock.now().wall; }

    Result<void> open() {
        if (client != nullptr)
            return {};
        LEASEHOLD_TRY_ASSIGN(http::Server server,
                             identity::find_server({settings.site, settings.proxy, settings.ca_file,
                                                    "the site's certificate-authority"},
                                                   outside.environment));
        server.trust.setting = "infisical.certificate-authority, --site-certificate-authority";
        if (settings.auth.method == AuthMethod::tls_cert) {
            LEASEHOLD_TRY_ASSIGN(server.certificate,
                                 identity::read_client_certificate(
                                     {settings.auth.client_certificate, settings.auth.client_key}));
        }
        LEASEHOLD_TRY_ASSIGN(
            headers, parse_custom_headers(outside.environment.value("INFISICAL_CUSTOM_HEADERS")));
        client = outside.connect(std::move(server), budgets);
        return {};
    }

    Result<Answer> exchange(http::Request& request, Repeat repeat, Deadline deadline) {
        LEASEHOLD_TRY(open());
        request.headers = headers;
        identity::LastAttempt last =
            identity::exchange(*client, request, repeat, pause_after, outside, deadline);
        may_be_done = last.outcome ? last.outcome->status >= 500 : last.outcome.error().sent;
        if (!last.outcome)
            return std::move(last.outcome).error().error;
        return Answer{*std::move(last.outcome), last.sent};
    }

    // A token that is given and not made is not another one on the second look.
    bool logs_in() const override {
        return settings.auth.method != AuthMethod::token && settings.auth.method != AuthMethod::cli;
    }

    Result<std::string> gather(Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(proof, gather_proof(settings, outside, deadline));
        return proof.fingerprint;
    }

    identity::LoginOutcome log_in(Deadline deadline) override {
        if (!proof.token.empty())
            return {
                identity::Session{std::move(proof.token), now(), now(), Seconds(0), Seconds(0)}};
        outside.log("logging in to " + site_text(settings) + " by " +
                    std::string(to_text(settings.auth.method)));
        http::Request request = login_request(proof, settings.organization_slug);
        auto answer = exchange(request, Repeat::changes, deadline);
        if (!answer)
            return {std::move(answer).error()};
        if (answer->response.status != 200) {
            identity::conceal(answer->response, proof.fields);
            return login_refused(answer->response);
        }
        return {read_session_answer(answer->response, answer->sent)};
    }

    Result<identity::Session> renew(const identity::Session& session, Seconds,
                                    Deadline deadline) override {
        http::Request request = renew_session_request(session.token);
        LEASEHOLD_TRY_ASSIGN(const Answer answer, exchange(request, Repeat::changes, deadline));
        if (answer.response.status != 200)
            return refusal_error(read_refusal(answer.response), "renew the access token");
        return read_session_answer(answer.response, answer.sent, &session);
    }

    // The site asks the cloud about the signature.
    bool cloud_decides() const {
        return settings.auth.method == AuthMethod::oci ||
               settings.auth.method == AuthMethod::alicloud ||
               settings.auth.method == AuthMethod::aws;
    }

    identity::LoginOutcome login_refused(const http::Response& response) const {
        const Refusal refusal = read_refusal(response);
        Error error = refusal_error(refusal, "log in to " + site_text(settings) + " by " +
                                                 std::string(to_text(settings.auth.method)));
        if (refusal.status == 401)
            error.hint =
                "check the identity's credential; each wrong one counts towards a lockout, "
                "so the next try is only made in a minute or with another one\n"
                "'leasehold login' keeps a new secret";
        else if (refusal.status == 400 && settings.auth.method == AuthMethod::tls_cert)
            error.hint =
                "what stands before the site must hand the certificate on; Infisical's own "
                "sites do at port 8443 alone: set site to https://HOST:8443";
        else if (refusal.status == 403 && refusal.kind == "TokenError")
            error.hint = "that is the proof, and no session: is it still good, made for this "
                         "identity, and this machine's clock right?";
        else if (refusal.status == 500 && cloud_decides())
            error.hint = "Infisical also answers so where the cloud refuses what was signed: check "
                         "key, region and clock";
        else if (refusal.status == 404)
            error.hint = "is this way to log in configured for the identity, and is its id right?";
        return {std::move(error),
                refusal.status >= 400 && refusal.status < 500 && refusal.status != 429};
    }
};

SiteClient::SiteClient(const InfisicalSettings& settings, const Outside& outside)
    : state_(std::make_unique<State>(settings, outside)) {}

SiteClient::~SiteClient() = default;

Result<Answer> SiteClient::ask_any(http::Request request, Repeat repeat, Deadline deadline) {
    for (bool again : {true, false}) {
        auto opened = state_->sessions.open(deadline);
        state_->may_be_done = false; // whatever a login has come to
        LEASEHOLD_TRY_ASSIGN(const identity::Session* session, std::move(opened));
        request.bearer = &session->token;
        LEASEHOLD_TRY_ASSIGN(Answer answer, state_->exchange(request, repeat, deadline));
        const bool refused =
            answer.response.status != 200 && session_refused(read_refusal(answer.response));
        if (!refused || !again)
            return answer;
        state_->outside.log("the access token is not accepted any more");
        state_->sessions.drop();
        if (!state_->logs_in())
            return answer;
    }
    return make_error(ErrorCode::internal, "nothing was asked");
}

Result<Answer> SiteClient::ask(http::Request request, std::string_view action, Repeat repeat,
                               Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(Answer answer, ask_any(std::move(request), repeat, deadline));
    if (answer.response.status != 200)
        return refusal_error(read_refusal(answer.response), action);
    return answer;
}

bool SiteClient::may_be_done() const {
    return state_->may_be_done;
}

Result<void> SiteClient::end_session(Repeat repeat, Deadline deadline) {
    const identity::Session* kept = state_->sessions.find_kept();
    if (kept == nullptr)
        return {};
    http::Request request = revoke_session_request(kept->token);
    auto answer = state_->exchange(request, repeat, deadline);
    state_->sessions.drop();
    if (!answer)
        return std::move(answer).error();
    const Refusal refusal = read_refusal(answer->response);
    if (answer->response.status != 200 && !session_refused(refusal))
        return refusal_error(refusal, "end the session");
    return {};
}

} // namespace leasehold::lease::infisical
