// Infisical as the program sees it: where its sessions, failed logins and secrets are kept, and the
// world around it.
#pragma once

#include "cache/record/key.hpp"
#include "helper/providers/infisical/own_leases.hpp"
#include "helper/providers/side/side.hpp"
#include "src/lease/infisical/provider.hpp"
#include "src/lease/infisical/wire/outside.hpp"

#include <memory>
#include <optional>
#include <string>

namespace leasehold::helper {

// Sessions in the profile's stores beside its leases, under a key of their own; failed logins in
// the runtime directory.
class InfisicalSide final : public ProviderSide, public lease::identity::SessionStore {
public:
    explicit InfisicalSide(SideParts parts);

    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> provider() override;
    // Ours are the leases that this profile made, whatever else uses the same dynamic secret.
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope) override;
    [[nodiscard]] std::vector<CheckStep> check(Deadline deadline) override;
    void forget_login() override;
    void forget_refusals() override;
    void end_session(Deadline deadline, bool keep_leases) override;
    [[nodiscard]] std::string session_name() const override { return key_.digest_hex(); }
    // Whether the definition is static or dynamic, where the identity may read it.
    [[nodiscard]] std::string learn(Deadline deadline) override;

    // For the site's other commands.
    [[nodiscard]] lease::infisical::Outside outside();
    [[nodiscard]] const lease::infisical::InfisicalSettings& settings() const { return settings_; }

    [[nodiscard]] std::optional<lease::identity::Session> find() override;
    void save(const lease::identity::Session& session) override;
    void forget() override;
    [[nodiscard]] std::shared_ptr<void> lock(Deadline deadline) override;
    [[nodiscard]] std::optional<Error> recall_refusal(const std::string& proof) override;
    void remember_refusal(const std::string& proof, const Error& error) override;

private:
    [[nodiscard]] lease::infisical::Owner owner();
    [[nodiscard]] std::string refusal_digest(const std::string& proof) const;
    [[nodiscard]] Result<std::optional<Secret>> cli_entry(const std::string& account) const;

    SideParts parts_;
    const lease::infisical::InfisicalSettings& settings_;
    cache::CacheKey key_; // of the session
    OwnLeases leases_;
};

} // namespace leasehold::helper
