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
    // Asks that it last for `needed` from now, at least.
    [[nodiscard]] virtual Result<Session> renew(const Session& session, Seconds needed,
                                                Deadline deadline) = 0;
    // Whether it should be renewed before a use that needs it for `needed`, and may be.
    [[nodiscard]] virtual bool should_renew(const Session& session, Seconds needed,
                                            UnixTime now) const {
        (void)needed;
        return identity::should_renew(session, now);
    }
    // Whether a login gives a session that lasts longer than the one there is. False where a person
    // logs in: then that one serves to its end.
    [[nodiscard]] virtual bool can_replace() const { return true; }
};

class SessionKeeper {
public:
    // Everything must outlive the keeper; `store` null: nothing is kept.
    SessionKeeper(SessionMaker& maker, SessionStore* store, const Clock& clock,
                  std::function<void(std::string_view)> log);

    // A session that can be used now, and that lasts for `needed` if a renewal or another login
    // can make it. Valid until the next call. Of all the processes that want one only one logs in.
    [[nodiscard]] Result<const Session*> open(Deadline deadline, Seconds needed = Seconds(0));
    // The kept session, if there is one that can be used; null if not.
    [[nodiscard]] const Session* find_kept();
    // Whether the session that open() gave was made in this process.
    [[nodiscard]] bool is_new() const { return is_new_; }
    // Keeps one that was made elsewhere: by a person who logged in.
    void keep(Session session);
    // The server does not take it any more: the next open() makes another.
    void drop();

private:
    void renew(Seconds needed, Deadline deadline);
    [[nodiscard]] Result<void> log_in(Deadline deadline);
    [[nodiscard]] Result<void> replace(Seconds needed, Deadline deadline);
    [[nodiscard]] bool serves(Seconds needed) const;

    SessionMaker& maker_;
    SessionStore* store_;
    const Clock& clock_;
    std::function<void(std::string_view)> log_;
    std::optional<Session> session_;
    bool is_new_ = false; // made by this process: another would not last longer
};

} // namespace leasehold::lease::identity
