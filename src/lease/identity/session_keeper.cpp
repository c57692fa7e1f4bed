#include "src/lease/identity/session_keeper.hpp"

namespace leasehold::lease::identity {

SessionKeeper::SessionKeeper(SessionMaker& maker, SessionStore* store, const Clock& clock,
                             std::function<void(std::string_view)> log)
    : maker_(maker), store_(store), clock_(clock), log_(std::move(log)) {}

Result<const Session*> SessionKeeper::open(Deadline deadline, Seconds needed) {
    if (session_ || (maker_.logs_in() && find_kept() != nullptr)) {
        if (maker_.should_renew(*session_, needed, clock_.now().wall))
            renew(needed, deadline);
        if (serves(needed))
            return &*session_;
    }
    std::shared_ptr<void> lock;
    if (maker_.logs_in() && store_ != nullptr) {
        lock = store_->lock(deadline);
        // The second look: whoever held the lock may have logged in.
        if (find_kept() != nullptr && serves(needed))
            return &*session_;
    }
    LEASEHOLD_TRY(replace(needed, deadline));
    return &*session_;
}

bool SessionKeeper::serves(Seconds needed) const {
    return session_ &&
           (is_new_ || !maker_.can_replace() || lasts(*session_, needed, clock_.now().wall));
}

const Session* SessionKeeper::find_kept() {
    if (store_ == nullptr)
        return nullptr;
    session_ = store_->find();
    if (session_ && !is_usable(*session_, clock_.now().wall))
        session_.reset();
    return session_ ? &*session_ : nullptr;
}

void SessionKeeper::keep(Session session) {
    session_ = std::move(session);
    is_new_ = true;
    if (store_ != nullptr)
        store_->save(*session_);
}

void SessionKeeper::drop() {
    session_.reset();
    is_new_ = false;
    if (store_ != nullptr)
        store_->forget();
}

// Whatever goes wrong here, a login follows, unless that takes a person.
void SessionKeeper::renew(Seconds needed, Deadline deadline) {
    log_("renewing the access token");
    auto renewed = maker_.renew(*session_, needed, deadline);
    if (!renewed)
        return is_new_ || !maker_.can_replace() ? void() : drop();
    session_ = *std::move(renewed);
    if (store_ != nullptr)
        store_->save(*session_);
}

// What ends too early is better than nothing.
Result<void> SessionKeeper::replace(Seconds needed, Deadline deadline) {
    std::optional<Session> before = std::move(session_);
    session_.reset();
    auto done = log_in(deadline);
    if (!done && before && is_usable(*before, clock_.now().wall)) {
        log_("the older session serves, since there is no other: " + done.error().message);
        session_ = std::move(before);
        return {};
    }
    if (done && maker_.should_renew(*session_, needed, clock_.now().wall))
        renew(needed, deadline);
    return done;
}

Result<void> SessionKeeper::log_in(Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(const std::string proof, maker_.gather(deadline));
    const bool kept = maker_.logs_in() && store_ != nullptr;
    if (kept)
        if (auto refused = store_->recall_refusal(proof))
            return *std::move(refused);
    LoginOutcome outcome = maker_.log_in(deadline);
    if (!outcome.session) {
        if (kept && outcome.proof_refused)
            store_->remember_refusal(proof, outcome.session.error());
        return std::move(outcome.session).error();
    }
    session_ = *std::move(outcome.session);
    is_new_ = true;
    if (kept)
        store_->save(*session_);
    return {};
}

} // namespace leasehold::lease::identity
