#include "src/lease/vault/client.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/identity/session_keeper.hpp"
#include "src/lease/vault/login/proof.hpp"
#include "src/lease/vault/login/renewal.hpp"
#include "src/lease/vault/wire/requests.hpp"

namespace leasehold::lease::vault {
namespace {

// Kubernetes grants nothing shorter, and nobody is served by less.
constexpr Seconds least_rest{600};

bool is_fine(const http::Response& response) {
    return response.status == 200 || response.status == 204;
}

} // namespace

struct Client::State final : identity::SessionMaker {
    State(const VaultSettings& own_settings, const Outside& around)
        : settings(own_settings), outside(around), line(settings, outside),
          sessions(*this, outside.sessions, outside.clock, outside.log) {}

    const VaultSettings& settings;
    const Outside& outside;
    Exchange line;
    Proof proof = {};
    std::vector<std::string> policies = {}; // of the session, once it was looked at
    identity::SessionKeeper sessions;

    [[nodiscard]] UnixTime now() const { return outside.clock.now().wall; }
    [[nodiscard]] AuthMethod method() const { return settings.auth.method; }

    bool logs_in() const override { return true; }

    bool can_replace() const override { return can_log_in_alone(settings, outside.environment); }

    // A token that was brought along is its owner's to renew.
    bool should_renew(const identity::Session& session, Seconds needed,
                      UnixTime now_) const override {
        return makes_own_token(method()) && may_gain(session, needed, now_);
    }

    Result<std::string> gather(Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(proof, gather_proof(settings, outside, deadline));
        return proof.fingerprint;
    }

    identity::LoginOutcome log_in(Deadline deadline) override {
        if (!proof.token.empty())
            return take_given(deadline);
        if (!proof.wrapping.empty())
            if (auto unwrapped = unwrap(deadline); !unwrapped)
                return {std::move(unwrapped).error(), true};
        auto answer = send_login(proof, deadline);
        if (!answer)
            return {std::move(answer).error()};
        if (answer->response.status != 200)
            return login_refused(answer->response);
        auto read = read_auth_answer(answer->response, answer->sent);
        if (!read)
            return {std::move(read).error(), true};
        if (read->mfa)
            return {make_error(ErrorCode::denied,
                               "the login to " + settings.address.text() +
                                   " wants a second factor, which only a person can give",
                               "log in: leasehold login --profile " + outside.profile),
                    true};
        return {std::move(read->session)};
    }

    Result<Answer> send_login(const Proof& with, Deadline deadline) {
        outside.log("logging in to " + settings.address.text() + " by " +
                    std::string(to_text(method())));
        http::Request request = login_request(with.path, settings.auth.space, with.fields);
        LEASEHOLD_TRY_ASSIGN(Answer answer, line.send(request, Repeat::changes, deadline));
        if (answer.response.status != 200)
            identity::conceal(answer.response, with.fields);
        return answer;
    }

    // What a token that was brought along is, and how long it lasts.
    identity::LoginOutcome take_given(Deadline deadline) {
        identity::Session session;
        session.token = std::move(proof.token);
        session.renewable = false;
        auto answer = look_up(session.token, deadline);
        if (!answer)
            return {std::move(answer).error()};
        session.created = session.issued = answer->sent;
        if (answer->response.status != 200) {
            const Refusal refusal = read_refusal(answer->response);
            // Without the policy `default` a token may not look at itself.
            if (refusal.by_policy)
                return {std::move(session)};
            return {given_token_refused(refusal), refusal.status == 403};
        }
        auto facts = read_token_facts(answer->response);
        if (!facts)
            return {std::move(facts).error()};
        if (auto uses = check_uses(facts->num_uses); !uses)
            return {std::move(uses).error(), true};
        policies = std::move(facts->policies);
        session.life = facts->ttl;
        return {std::move(session)};
    }

    Error given_token_refused(const Refusal& refusal) const {
        Error error =
            refusal_error(refusal, Doing::asking, "use the token at " + settings.address.text());
        if (refusal.status == 403) {
            error.message = settings.address.text() + " does not take the token (403): it has "
                                                      "ended, was revoked, or is another server's";
            error.hint = method() == AuthMethod::cli
                             ? "run 'vault login' or 'bao login' again"
                             : "keep another with 'leasehold login --profile " + outside.profile +
                                   "', or set VAULT_TOKEN";
        }
        return error;
    }

    Result<Answer> look_up(const Secret& token, Deadline deadline) {
        http::Request request = lookup_token_request(settings);
        request.bearer = &token;
        return line.send(request, Repeat::reads, deadline);
    }

    // The wrapping token is spent by this, whatever becomes of the login.
    Result<void> unwrap(Deadline deadline) {
        outside.log("unwrapping the secret id");
        http::Request request = unwrap_request(settings);
        request.bearer = &proof.wrapping;
        LEASEHOLD_TRY_ASSIGN(const Answer answer, line.send(request, Repeat::changes, deadline));
        if (answer.response.status != 200)
            return refusal_error(read_refusal(answer.response), Doing::unwrapping,
                                 "unwrap the secret id");
        LEASEHOLD_TRY_ASSIGN(Secret id, read_unwrapped_secret_id(answer.response));
        proof.fields.emplace_back("secret_id", std::move(id));
        return {};
    }

    Result<identity::Session> renew(const identity::Session& session, Seconds needed,
                                    Deadline deadline) override {
        const Seconds increment = std::max(needed, session.life);
        http::Request request = renew_token_request(settings, increment);
        request.bearer = &session.token;
        LEASEHOLD_TRY_ASSIGN(const Answer answer, line.send(request, Repeat::changes, deadline));
        if (answer.response.status != 200)
            return refusal_error(read_refusal(answer.response), Doing::asking,
                                 "renew the login's token");
        LEASEHOLD_TRY_ASSIGN(AuthAnswer renewed,
                             read_auth_answer(answer.response, answer.sent, &session));
        if (renewed.mfa)
            return make_error(ErrorCode::bad_answer, "the renewal holds no token");
        learn_limit(session, increment, renewed.session);
        return std::move(renewed.session);
    }

    identity::LoginOutcome login_refused(const http::Response& response) const {
        const Refusal refusal = read_refusal(response);
        Error error =
            refusal_error(refusal, Doing::logging_in,
                          "log in to " + settings.address.text() + " by " +
                              std::string(to_text(method())) + " at auth/" + settings.auth.mount);
        const bool counted = error.code == ErrorCode::denied;
        if (counted && error.hint.empty())
            error.hint = wrong_proof_hint();
        return {std::move(error), counted};
    }

    [[nodiscard]] std::string wrong_proof_hint() const {
        switch (method()) {
        case AuthMethod::approle:
            return "the secret id is wrong, has ended or is used up, or the role id is another: "
                   "make a new secret id. Five wrong ones lock the role id for 15 minutes, so that "
                   "the next try is only made in a minute or with another one";
        case AuthMethod::userpass:
        case AuthMethod::ldap:
            return "five wrong passwords lock the user for 15 minutes, so that the next try is "
                   "only made in a minute, or by 'leasehold login --profile " +
                   outside.profile + "'";
        case AuthMethod::cert:
            return "is the certificate one that the mount knows (--vault-client-certificate, "
                   "--auth-role)?";
        case AuthMethod::aws:
            return "are the keys good, and do role (--auth-role), --server-id-header and region "
                   "(--aws-region) fit the mount?";
        case AuthMethod::gcp:
            return "is there such a role (--auth-role), and is it for this machine?";
        case AuthMethod::azure:
            return "do role (--auth-role) and --azure-resource fit the mount, and is the role for "
                   "this machine?";
        case AuthMethod::token:
        case AuthMethod::cli:
        case AuthMethod::jwt:
        case AuthMethod::kubernetes:
        case AuthMethod::oidc:
            break;
        }
        return "do the role (--auth-role), its bound audience and claims fit what is sent "
               "(--jwt-audience)?";
    }

    // Before a lease that ends with the login: where nobody can make another.
    Result<void> check_rest(const identity::Session& session, Seconds needed) const {
        const auto left = identity::time_left(session, now());
        if (!left || needed < least_rest || *left >= least_rest || can_replace())
            return {};
        const std::string again = makes_own_token(method()) || method() == AuthMethod::token
                                      ? "leasehold login --profile " + outside.profile
                                      : "vault login";
        return make_error(ErrorCode::denied,
                          "the login ends in " + format_duration(std::max(*left, Seconds(0))) +
                              ", and a lease ends with it",
                          "log in again: " + again);
    }

    // Whether the session is what was refused.
    Result<bool> has_ended(const identity::Session& session, Deadline deadline) {
        if (sessions.is_new())
            return false;
        LEASEHOLD_TRY_ASSIGN(const Answer answer, look_up(session.token, deadline));
        if (answer.response.status == 200) {
            if (auto facts = read_token_facts(answer.response))
                policies = std::move(facts->policies);
            return false;
        }
        const Refusal refusal = read_refusal(answer.response);
        return refusal.status == 403 && !refusal.by_policy;
    }
};

Client::Client(const VaultSettings& settings, const Outside& outside)
    : state_(std::make_unique<State>(settings, outside)) {}

Client::~Client() = default;

Result<Answer> Client::ask_any(http::Request request, Repeat repeat, Deadline deadline,
                               Seconds needed) {
    for (bool again : {true, false}) {
        LEASEHOLD_TRY_ASSIGN(const identity::Session* session,
                             state_->sessions.open(deadline, needed));
        LEASEHOLD_TRY(state_->check_rest(*session, needed));
        request.bearer = &session->token;
        LEASEHOLD_TRY_ASSIGN(Answer answer, state_->line.send(request, repeat, deadline));
        answer.login_left = identity::time_left(*session, answer.sent);
        if (answer.response.status != 403)
            return answer;
        LEASEHOLD_TRY_ASSIGN(const bool ended, state_->has_ended(*session, deadline));
        answer.policies = state_->policies;
        if (!ended || !again)
            return answer;
        state_->outside.log("the session is not accepted any more");
        state_->sessions.drop();
    }
    return make_error(ErrorCode::internal, "nothing was asked");
}

Result<Answer> Client::ask(http::Request request, Doing doing, std::string_view action,
                           Repeat repeat, Deadline deadline, Seconds needed) {
    LEASEHOLD_TRY_ASSIGN(Answer answer, ask_any(std::move(request), repeat, deadline, needed));
    if (!is_fine(answer.response))
        return refusal_error(read_refusal(answer.response), doing, action);
    return answer;
}

Result<Answer> Client::ask_as_nobody(http::Request request, Repeat repeat, Deadline deadline) {
    return state_->line.send(request, repeat, deadline);
}

Result<std::optional<MfaRequest>> Client::sign_in(Proof proof, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(const Answer answer, state_->send_login(proof, deadline));
    if (answer.response.status != 200)
        return state_->login_refused(answer.response).session.error();
    return take_login(answer);
}

Result<std::optional<MfaRequest>> Client::take_login(const Answer& answer) {
    LEASEHOLD_TRY_ASSIGN(AuthAnswer read, read_auth_answer(answer.response, answer.sent));
    if (read.mfa)
        return std::move(read.mfa);
    state_->sessions.keep(std::move(read.session));
    return std::optional<MfaRequest>();
}

std::optional<Seconds> Client::session_left() {
    const identity::Session* kept = state_->sessions.find_kept();
    return kept == nullptr ? Seconds(0) : identity::time_left(*kept, state_->now());
}

Result<TokenFacts> Client::look_at_session(Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(const Answer answer,
                         ask(lookup_token_request(state_->settings), Doing::asking,
                             "look at the login's token", Repeat::reads, deadline));
    return read_token_facts(answer.response);
}

Result<void> Client::end_session(Deadline deadline) {
    const identity::Session* kept = state_->sessions.find_kept();
    if (kept == nullptr)
        return {};
    if (!makes_own_token(state_->method())) {
        state_->sessions.drop();
        return {};
    }
    http::Request request = revoke_token_request(state_->settings);
    request.bearer = &kept->token;
    auto answer = state_->line.send(request, Repeat::changes, deadline);
    state_->sessions.drop();
    if (!answer)
        return std::move(answer).error();
    // One that has ended is as good as revoked.
    if (!is_fine(answer->response) && answer->response.status != 403)
        return refusal_error(read_refusal(answer->response), Doing::asking, "end the session");
    return {};
}

} // namespace leasehold::lease::vault
