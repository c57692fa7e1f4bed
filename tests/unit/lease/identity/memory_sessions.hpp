// A store of sessions in memory.
#pragma once

#include "src/lease/identity/session.hpp"

#include <map>
#include <string>

namespace leasehold::lease::identity {

class MemorySessions final : public SessionStore {
public:
    std::optional<Session> find() override {
        return kept ? std::optional<Session>(kept->clone()) : std::nullopt;
    }
    void save(const Session& session) override { kept = session.clone(); }
    void forget() override {
        kept.reset();
        ++forgotten;
    }
    std::shared_ptr<void> lock(Deadline) override {
        if (while_waiting)
            kept = while_waiting->clone();
        return nullptr;
    }
    std::optional<Error> recall_refusal(const std::string& proof) override {
        const auto found = refusals.find(proof);
        return found == refusals.end() ? std::nullopt : std::optional<Error>(found->second);
    }
    void remember_refusal(const std::string& proof, const Error& error) override {
        refusals[proof] = error;
    }

    std::optional<Session> kept;
    std::map<std::string, Error> refusals;
    std::optional<Session> while_waiting; // what another process keeps while this one waits
    int forgotten = 0;
};

} // namespace leasehold::lease::identity
