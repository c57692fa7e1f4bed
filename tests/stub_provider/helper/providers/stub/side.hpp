// The provider `stub` as the program sees it.
#pragma once

#include "helper/providers/side/section.hpp"
#include "helper/providers/side/side.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/stub/provider.hpp"

#include <any>
#include <array>

namespace leasehold::helper {

// The section `stub:` of a profile, made from flags.
[[nodiscard]] Result<std::string> stub_section(const DraftingInput& input);

inline constexpr std::array<SetupQuestion, 1> stub_questions{
    {{"ticket", "ticket to lease", "", [](const Options&) { return true; }}}};

class StubSide final : public ProviderSide {
public:
    explicit StubSide(SideParts parts)
        : parts_(std::move(parts)),
          settings_(std::any_cast<const lease::stub::StubSettings&>(parts_.profile.settings)) {}

    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> provider() override;
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope) override;
    [[nodiscard]] std::vector<CheckStep> check(Deadline deadline) override;
    // The tickets that lie on the desk.
    [[nodiscard]] std::vector<std::string> choices(std::string_view flag,
                                                   Deadline deadline) override;
    // Both leave a line on the desk, for the test.
    void forget_login() override;
    void end_session(Deadline deadline, bool keep_leases) override;

private:
    void note(std::string_view line) const;
    [[nodiscard]] lease::stub::Outside outside() const;

    SideParts parts_;
    const lease::stub::StubSettings& settings_;
};

} // namespace leasehold::helper
