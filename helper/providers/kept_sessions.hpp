// The sessions of one login with a server: in the profile's stores beside its leases, under a key
// of their own; refused logins in the runtime directory.
#pragma once

#include "cache/record/key.hpp"
#include "helper/process/edges.hpp"
#include "src/lease/identity/session.hpp"

#include <memory>
#include <optional>
#include <string>

namespace leasehold::cache {
class TokenCache;
} // namespace leasehold::cache

namespace leasehold::helper {

class KeptSessions final : public lease::identity::SessionStore {
public:
    // `kind` is written beside each session: what is another's is not read. `login` tells one login
    // from another. References outlive this.
    KeptSessions(const Process& process, cache::TokenCache& cache, std::string kind,
                 const cache::CacheKey::Fields& login);

    [[nodiscard]] std::optional<lease::identity::Session> find() override;
    void save(const lease::identity::Session& session) override;
    void forget() override;
    [[nodiscard]] std::shared_ptr<void> lock(Deadline deadline) override;
    [[nodiscard]] std::optional<Error> recall_refusal(const std::string& proof) override;
    void remember_refusal(const std::string& proof, const Error& error) override;
    // Drops the memory of one proof that was refused.
    void forget_refusal(const std::string& proof);

private:
    [[nodiscard]] std::string refusal_digest(const std::string& proof) const;

    const Process& process_;
    cache::TokenCache& cache_;
    std::string kind_;
    cache::CacheKey key_;
};

} // namespace leasehold::helper
