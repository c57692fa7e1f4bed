// A folder of a site that the command line names, without a profile: for administrators, who lease
// nothing there. Nothing is kept, and a login's session ends with the command.
#pragma once

#include "helper/providers/side/section.hpp"
#include "src/lease/identity/session.hpp"
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/wire/outside.hpp"

#include <optional>
#include <string>

namespace leasehold::helper {

// The session of this process alone.
class OneSession final : public lease::identity::SessionStore {
public:
    [[nodiscard]] std::optional<lease::identity::Session> find() override;
    void save(const lease::identity::Session& session) override;
    void forget() override { session_.reset(); }
    [[nodiscard]] std::shared_ptr<void> lock(Deadline) override { return nullptr; }
    [[nodiscard]] std::optional<Error> recall_refusal(const std::string&) override {
        return std::nullopt;
    }
    void remember_refusal(const std::string&, const Error&) override {}

private:
    std::optional<lease::identity::Session> session_;
};

// Declares the flags that name one.
void declare_infisical_place(Options& options);
// Whether one of them is given.
[[nodiscard]] bool names_infisical_place(const Options& options);

class InfisicalPlace {
public:
    // What the flags say, and where they say nothing the INFISICAL_* variables. What is missing is
    // a usage error that names the flag.
    [[nodiscard]] static Result<lease::infisical::InfisicalSettings>
    read(const Process& process, const Options& options, const std::string& dynamic_secret);

    InfisicalPlace(const Process& process, lease::infisical::InfisicalSettings settings,
                   bool verbose)
        : process_(process), settings_(std::move(settings)), verbose_(verbose) {}
    InfisicalPlace(const InfisicalPlace&) = delete;
    InfisicalPlace& operator=(const InfisicalPlace&) = delete;

    [[nodiscard]] const lease::infisical::InfisicalSettings& settings() const { return settings_; }
    // Everything of it lies here.
    [[nodiscard]] lease::infisical::Outside outside();
    // Ends the session at the site, if there is one; a failure is told with --verbose.
    void leave(Deadline deadline);

private:
    void log(std::string_view text) const;

    const Process& process_;
    lease::infisical::InfisicalSettings settings_;
    bool verbose_;
    OneSession session_;
};

} // namespace leasehold::helper
