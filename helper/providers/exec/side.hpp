// A wrapped exec plugin as the program sees it.
#pragma once

#include "helper/providers/side/side.hpp"
#include "src/lease/exec/provider.hpp"

namespace leasehold::helper {

class ExecSide final : public ProviderSide {
public:
    explicit ExecSide(SideParts parts);

    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> provider() override;
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope) override;
    // That the plugin is there and nobody else's to change, what decides whose credential it
    // prints, and that the cluster answers. The plugin is not run.
    [[nodiscard]] std::vector<CheckStep> check(Deadline deadline) override;

private:
    [[nodiscard]] CheckStep check_plugin() const;
    [[nodiscard]] CheckStep check_dependencies() const;
    [[nodiscard]] CheckStep check_server(Deadline deadline) const;

    SideParts parts_;
    const lease::exec::ExecSettings& settings_;
};

} // namespace leasehold::helper
