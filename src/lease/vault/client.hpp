// One connection to a Vault or OpenBao, logged in when that is first needed.
#pragma once

#include "src/lease/vault/exchange.hpp"
#include "src/lease/vault/wire/auth_answer.hpp"
#include "src/lease/vault/wire/refusal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::vault {

struct Proof;
struct VaultSettings;

class Client {
public:
    // Everything must outlive the client.
    Client(const VaultSettings& settings, const Outside& outside);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Sends `request` with a session that lasts for `needed` where that can be had. After a 403 the
    // session is looked at: one that has ended is replaced once. Any other status is an answer.
    [[nodiscard]] Result<Answer> ask_any(http::Request request, Repeat repeat, Deadline deadline,
                                         Seconds needed = Seconds(0));
    // The same; any answer but 200 and 204 is an Error for which `action` says what was wanted.
    [[nodiscard]] Result<Answer> ask(http::Request request, Doing doing, std::string_view action,
                                     Repeat repeat, Deadline deadline, Seconds needed = Seconds(0));
    // Sends it as nobody.
    [[nodiscard]] Result<Answer> ask_as_nobody(http::Request request, Repeat repeat,
                                               Deadline deadline);

    // Logs in with what a person gave, and keeps the session; where a second factor is wanted, says
    // so instead.
    [[nodiscard]] Result<std::optional<MfaRequest>> sign_in(Proof proof, Deadline deadline);
    // What a login's answer holds, kept likewise.
    [[nodiscard]] Result<std::optional<MfaRequest>> take_login(const Answer& answer);
    // How long the session that is kept lasts; empty: it never ends.
    [[nodiscard]] std::optional<Seconds> session_left();
    // What the server says of the session's token; makes a session if there is none.
    [[nodiscard]] Result<TokenFacts> look_at_session(Deadline deadline);

    // Ends the kept session at the server, too, if it is of our own making, and forgets it. Fine if
    // there is none.
    [[nodiscard]] Result<void> end_session(Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace leasehold::lease::vault
