// The sessions of one login with a server: in the profile's stores beside its leases, under a key
// of their own; refused logins in the runtime directory.
#pragma once

#include "cache/record/key.hpp"
#include "src/lease/identity/session.hpp"

#include <memory>
#include <optional>
#include <string>

namespace leasehold::cache {
class TokenCache;
} // namespace leasehold::cache

namespace leasehold::helper {

struct Process;

class KeptSessions final : public lease::identity::SessionStore {
public:
    // What is written beside each session.
    struct Whose {
        std::string kind;     // what is of another kind is not read
        std::string server;   // for people who list sessions
        std::string identity; // likewise; "" where nothing tells it before the login
        bool owns_leases;     // they end when it is ended
        Seconds longest;      // none is kept for longer
    };

    // `login` tells one login from another. References outlive this.
    KeptSessions(const Process& process, cache::TokenCache& cache, Whose whose,
                 const cache::CacheKey::Fields& login);

    [[nodiscard]] std::optional<lease::identity::Session> find() override;
    void save(const lease::identity::Session& session) override;
    void forget() override;
    [[nodiscard]] std::shared_ptr<void> lock(Deadline deadline) override;
    [[nodiscard]] std::optional<Error> recall_refusal(const std::string& proof) override;
    void remember_refusal(const std::string& proof, const Error& error) override;
    // Tells these sessions from those of another login.
    [[nodiscard]] std::string name() const { return key_.digest_hex(); }
    // Drops the memory of one proof that was refused.
    void forget_refusal(const std::string& proof);

private:
    [[nodiscard]] std::string refusal_digest(const std::string& proof) const;

    const Process& process_;
    cache::TokenCache& cache_;
    Whose whose_;
    cache::CacheKey key_;
};

} // namespace leasehold::helper
