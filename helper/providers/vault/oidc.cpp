#include "helper/providers/vault/oidc.hpp"

#include "src/base/hostile_text.hpp"
#include "src/http/callback_listener.hpp"
#include "src/lease/vault/wire/oidc.hpp"

#include <cstdlib>
#include <thread>

namespace leasehold::helper {
namespace {

using namespace lease::vault;

constexpr std::string_view page = "/oidc/callback";

class BrowserLogin {
public:
    BrowserLogin(const VaultSettings& settings, Client& client, const Person& person,
                 Deadline deadline)
        : settings_(settings), client_(client), person_(person), deadline_(deadline) {}

    Result<Answer> run() {
        LEASEHOLD_TRY_ASSIGN(nonce_, make_nonce());
        switch (settings_.auth.callback_mode) {
        case CallbackMode::client:
            return by_listener();
        case CallbackMode::direct:
            return by_asking(direct_redirect(settings_));
        case CallbackMode::device:
            return by_asking("");
        }
        return make_error(ErrorCode::internal, "the way back is unknown");
    }

private:
    Result<OidcStart> begin(const std::string& redirect) {
        LEASEHOLD_TRY_ASSIGN(const Answer answer,
                             client_.ask_as_nobody(auth_url_request(settings_, redirect, nonce_),
                                                   Repeat::reads, deadline_));
        if (answer.response.status != 200)
            return refusal_error(read_refusal(answer.response), Doing::logging_in,
                                 "begin a login in the browser");
        return read_auth_url(answer.response, settings_);
    }

    Result<Answer> by_listener() {
        const std::string& given = settings_.auth.callback_port;
        const std::string port = given.empty() ? std::string(default_callback_port) : given;
        LEASEHOLD_TRY_ASSIGN(const auto listener,
                             http::listen_for_callback(static_cast<std::uint16_t>(
                                 std::strtoul(port.c_str(), nullptr, 10))));
        LEASEHOLD_TRY_ASSIGN(
            const OidcStart start,
            begin("http://localhost:" + std::to_string(listener->port()) + std::string(page)));
        person_.browse(start.url);
        LEASEHOLD_TRY_ASSIGN(const std::string query, listener->wait(page, deadline_));
        if (http::query_value(query, "state") != start.state)
            return make_error(ErrorCode::denied, "the browser came back from another login",
                              "close what is left of older ones, and log in again");
        const std::string code = http::query_value(query, "code");
        if (code.empty())
            return make_error(ErrorCode::denied,
                              "the identity provider refuses: " +
                                  hostile_text(http::query_value(query, "error") + ' ' +
                                               http::query_value(query, "error_description")));
        LEASEHOLD_TRY_ASSIGN(
            Answer answer,
            client_.ask_as_nobody(callback_request(settings_, start.state, code, nonce_),
                                  Repeat::never, deadline_));
        if (answer.response.status != 200)
            return refusal_error(read_refusal(answer.response), Doing::logging_in,
                                 "finish the login in the browser");
        return answer;
    }

    // On a machine without a browser: the server is told by the browser, and tells.
    Result<Answer> by_asking(const std::string& redirect) {
        LEASEHOLD_TRY_ASSIGN(const OidcStart start, begin(redirect));
        person_.browse(start.url);
        if (!start.user_code.empty())
            person_.tell("the code to type there: " + start.user_code);
        Seconds pause = start.poll_interval;
        while (deadline_.left() > pause) {
            std::this_thread::sleep_for(pause);
            LEASEHOLD_TRY_ASSIGN(Answer answer,
                                 client_.ask_as_nobody(poll_request(settings_, start.state, nonce_),
                                                       Repeat::never, deadline_));
            if (answer.response.status == 200)
                return answer;
            const Refusal refusal = read_refusal(answer.response);
            if (refusal.message == "slow_down")
                pause += Seconds(5);
            else if (refusal.message != "authorization_pending")
                return refusal_error(refusal, Doing::logging_in, "finish the login in the browser");
        }
        return make_error(ErrorCode::timed_out, "the login in the browser was not finished in time",
                          "log in again");
    }

    const VaultSettings& settings_;
    Client& client_;
    const Person& person_;
    Deadline deadline_;
    std::string nonce_;
};

} // namespace

Result<Answer> log_in_by_browser(const VaultSettings& settings, Client& client,
                                 const Person& person, Deadline deadline) {
    return BrowserLogin(settings, client, person, deadline).run();
}

} // namespace leasehold::helper
