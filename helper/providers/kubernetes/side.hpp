// The embedded provider as the program sees it.
#pragma once

#include "helper/providers/side/side.hpp"
#include "src/base/clock.hpp"

namespace leasehold::lease {
struct KubernetesProfile;
struct RequesterEnvironment;
} // namespace leasehold::lease

namespace leasehold::helper {

class KubernetesSide final : public ProviderSide {
public:
    explicit KubernetesSide(SideParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> provider() override;
    // Always there: leases may have been made with a record before the profile was told to make
    // none, or before the requester was refused them.
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope) override;
    [[nodiscard]] std::vector<CheckStep> check(Deadline deadline) override;
    // Namespaces, and the service accounts of the profile's.
    [[nodiscard]] std::vector<std::string> choices(std::string_view flag,
                                                   Deadline deadline) override;
    // Asks the cluster who the token is of.
    [[nodiscard]] Result<std::string> try_secret(const Secret& secret, Deadline deadline) override;
    // That the requester may not create Secrets.
    void forget_refusals() override;

private:
    [[nodiscard]] lease::KubernetesProfile profile() const;
    [[nodiscard]] lease::RequesterEnvironment outside() const;
    [[nodiscard]] std::vector<std::string> former_namespaces(lease::BookScope scope) const;

    SideParts parts_;
};

// Asks the cluster: reach, trust, identity, rights. A missing rule's hint is the manifest to apply;
// a rule without which leases work but cannot be revoked is a warning.
[[nodiscard]] std::vector<CheckStep> check_kubernetes(const lease::KubernetesProfile& profile,
                                                      const lease::RequesterEnvironment& outside,
                                                      const Clock& clock, Deadline deadline);

} // namespace leasehold::helper
