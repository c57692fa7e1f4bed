// What the provider `infisical` gets from the layer of programs: where its sessions, failed logins
// and secrets are kept, and the world around it.
#pragma once

#include "cache/token_cache.hpp"
#include "helper/process/edges.hpp"
#include "src/lease/infisical/provider.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/profile/profile.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::helper {

// Sessions in the profile's stores beside its leases, under a key of their own; failed logins in
// the runtime directory.
class InfisicalSide final : public lease::infisical::SessionStore {
public:
    using StoredSecret = std::function<Result<std::optional<Secret>>()>;

    // Everything must outlive this.
    InfisicalSide(const Process& process, const lease::Profile& profile, cache::TokenCache& cache,
                  StoredSecret stored_secret, std::function<void(std::string_view)> log);

    [[nodiscard]] lease::infisical::Outside outside();
    // `issuer`: that of the cluster's tokens, "" for any.
    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> provider(std::string issuer);
    // The leases that a store of this user has a token of count as ours.
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope);
    // Ends the session at the site and forgets it; what fails is logged.
    void end_session(Deadline deadline);
    // Lets the next login be tried at once.
    void forget_refusals();

    [[nodiscard]] std::optional<lease::infisical::Session> find() override;
    void save(const lease::infisical::Session& session) override;
    void forget() override;
    [[nodiscard]] std::shared_ptr<void> lock(Deadline deadline) override;
    [[nodiscard]] std::optional<Error> recall_refusal(const std::string& proof) override;
    void remember_refusal(const std::string& proof, const Error& error) override;

private:
    [[nodiscard]] std::string refusal_digest(const std::string& proof) const;
    [[nodiscard]] Result<std::optional<Secret>> cli_entry(const std::string& account) const;

    const Process& process_;
    const lease::Profile& profile_;
    cache::TokenCache& cache_;
    StoredSecret stored_secret_;
    std::function<void(std::string_view)> log_;
    cache::CacheKey key_;
};

// Where the session of a profile is kept.
[[nodiscard]] cache::CacheKey session_key(const lease::Profile& profile);

// What the key of a lease holds beyond that of every provider.
void add_infisical_fields(const lease::Profile& profile, cache::CacheKey::Fields& fields);

} // namespace leasehold::helper
