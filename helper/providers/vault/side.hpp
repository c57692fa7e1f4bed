// Vault and OpenBao as the program sees them: where sessions and secrets are kept, and the world
// around.
#pragma once

#include "helper/providers/side/kept_sessions.hpp"
#include "helper/providers/side/side.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"

namespace leasehold::helper {

class VaultSide final : public ProviderSide {
public:
    explicit VaultSide(SideParts parts);

    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> provider() override;
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope) override;
    [[nodiscard]] std::vector<CheckStep> check(Deadline deadline) override;
    [[nodiscard]] Result<std::string> try_secret(const Secret& secret, Deadline deadline) override;
    void forget_login() override;
    void forget_refusals() override;
    [[nodiscard]] Result<std::string> sign_in(Secret secret, const Person& person,
                                              Deadline deadline) override;
    void end_session(Deadline deadline, bool keep_leases) override;

private:
    [[nodiscard]] lease::vault::Outside outside();
    void forget_leases();

    SideParts parts_;
    const lease::vault::VaultSettings& settings_;
    KeptSessions sessions_;
};

} // namespace leasehold::helper
