// Infisical as the program sees it: where its sessions, failed logins and secrets are kept, and the
// world around it.
#pragma once

#include "helper/providers/infisical/own_leases.hpp"
#include "helper/providers/side/kept_sessions.hpp"
#include "helper/providers/side/side.hpp"

#include <memory>
#include <optional>
#include <string>

namespace leasehold::lease::infisical {
struct InfisicalSettings;
struct Outside;
} // namespace leasehold::lease::infisical

namespace leasehold::helper {

class InfisicalSide final : public ProviderSide {
public:
    explicit InfisicalSide(SideParts parts);

    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> provider() override;
    // Ours are the leases that this profile made, whatever else uses the same dynamic secret.
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope) override;
    [[nodiscard]] std::vector<CheckStep> check(Deadline deadline) override;
    void forget_login() override;
    void forget_refusals() override;
    void end_session(Deadline deadline, bool keep_leases) override;
    [[nodiscard]] std::string session_name() const override { return sessions_.name(); }
    // Whether the definition is static or dynamic, where the identity may read it.
    [[nodiscard]] std::string learn(Deadline deadline) override;

    // For the site's other commands.
    [[nodiscard]] lease::infisical::Outside outside();
    [[nodiscard]] const lease::infisical::InfisicalSettings& settings() const { return settings_; }

private:
    [[nodiscard]] lease::infisical::Owner owner();

    SideParts parts_;
    const lease::infisical::InfisicalSettings& settings_;
    KeptSessions sessions_;
    OwnLeases leases_;
};

} // namespace leasehold::helper
