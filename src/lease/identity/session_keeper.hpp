// The session with one server for one process: a kept one, renewed where that is due and allowed,
// else that of a login. How logging in is done is the provider's matter.
#pragma once

#include "src/lease/identity/session.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::identity {

struct LoginOutcome {
    Result<Session> session;
    // Whether the server has counted this as a failure of the proof, so that the same one is not
    // to be tried again for a while.
    bool proof_refused = false;
};

// How sessions with a server are made.
class SessionMaker {
public:
    virtual ~SessionMaker() = default;
    // Whether there is a login. Where a token is given instead, nothing is kept.
    [[nodiscard]] virtual bool logs_in() const = 0;
    // Gathers what a login sends, afresh, and answers what tells one secret from another: no
    // secret and no way back to one.
    [[nodiscard]] virtual Result<std::string> gather(Deadline deadline) = 0;
    // Logs in with what was gathered last.
    [[nodiscard]] virtual LoginOutcome log_in(Deadline deadline) = 0;
    [[nodiscard]] virtual Result<Session> renew(const Session& session, Deadline deadline) = 0;
};

class SessionKeeper {
public:
    // Everything must outlive the keeper; `store` null: nothing is kept.
    SessionKeeper(SessionMaker& maker, SessionStore* store, const Clock& clock,
                  std::function<void(std::string_view)> log);

    // A session that can be used now. Valid until the next call. Of all the processes that want
    // one only one logs in.
    [[nodiscard]] Result<const Session*> open(Deadline deadline);
    // The kept session, if there is one that can be used; null if not.
    [[nodiscard]] const Session* find_kept();
    // The server does not take it any more: the next open() makes another.
    void drop();

private:
    void renew(Deadline deadline);
    [[nodiscard]] Result<void> log_in(Deadline deadline);

    SessionMaker& maker_;
    SessionStore* store_;
    const Clock& clock_;
    std::function<void(std::string_view)> log_;
    std::optional<Session> session_;
};

} // namespace leasehold::lease::identity
