#include "src/lease/identity/session_keeper.hpp"

namespace leasehold::lease::identity {

SessionKeeper::SessionKeeper(SessionMaker& maker, SessionStore* store, const Clock& clock,
                             std::function<void(std::string_view)> log)
    : maker_(maker), store_(store), clock_(clock), log_(std::move(log)) {}

Result<const Session*> SessionKeeper::open(Deadline deadline) {
    if (session_ || (maker_.logs_in() && find_kept() != nullptr)) {
        if (should_renew(*session_, clock_.now().wall))
            renew(deadline);
        if (session_)
            return &*session_;
    }
    std::shared_ptr<void> lock;
    if (maker_.logs_in() && store_ != nullptr) {
        lock = store_->lock(deadline);
        // The second look: whoever held the lock may have logged in.
        if (const Session* kept = find_kept())
            return kept;
    }
    LEASEHOLD_TRY(log_in(deadline));
    return &*session_;
}

const Session* SessionKeeper::find_kept() {
    if (store_ == nullptr)
        return nullptr;
    session_ = store_->find();
    if (session_ && !is_usable(*session_, clock_.now().wall))
        session_.reset();
    return session_ ? &*session_ : nullptr;
}

void SessionKeeper::drop() {
    session_.reset();
    if (store_ != nullptr)
        store_->forget();
}

// Whatever goes wrong here, a login follows.
void SessionKeeper::renew(Deadline deadline) {
    log_("renewing the access token");
    auto renewed = maker_.renew(*session_, deadline);
    if (!renewed)
        return drop();
    session_ = *std::move(renewed);
    if (store_ != nullptr)
        store_->save(*session_);
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
    if (kept)
        store_->save(*session_);
    return {};
}

} // namespace leasehold::lease::identity
