// Puts the parts together for one profile: stores, cache, requester, provider. Nothing is opened
// before it is used.
#pragma once

#include "cache/token_cache.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/edges.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/providers/infisical_side.hpp"
#include "src/lease/kubernetes/provider.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/book.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// The stores of these names, in order; "none" gives none.
[[nodiscard]] std::vector<std::unique_ptr<cache::TokenStore>>
make_stores(const Process& process, const std::vector<std::string>& names);

// Loads the profile NAME of this process's user.
[[nodiscard]] Result<lease::Profile> load_profile(const Process& process, std::string_view name);

class Assembly {
public:
    // `verbose`: phases are told on stderr.
    Assembly(const Process& process, lease::Profile profile, bool verbose);
    Assembly(const Assembly&) = delete;
    Assembly& operator=(const Assembly&) = delete;

    [[nodiscard]] const lease::Profile& profile() const { return profile_; }
    [[nodiscard]] cache::TokenCache& cache() { return cache_; }
    [[nodiscard]] lease::LeaseProvider& provider() { return *provider_; }
    // The book of this profile's leases; null for a profile that keeps none.
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope);
    [[nodiscard]] AuditLog audit() const;
    [[nodiscard]] ObtainParts parts();
    [[nodiscard]] lease::RequesterEnvironment requester_environment();
    // What only the provider infisical has; null for the others.
    [[nodiscard]] InfisicalSide* infisical() { return infisical_.get(); }
    void log(std::string_view text) const;
    // What the stores had to complain about, on stderr: only when verbose (H2).
    void log_notices() const;

private:
    struct Row;
    [[nodiscard]] const Row& row() const;
    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> make_provider();
    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> make_kubernetes();
    [[nodiscard]] std::unique_ptr<lease::LeaseProvider> make_infisical();
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> make_kubernetes_book(lease::BookScope scope);
    [[nodiscard]] std::unique_ptr<lease::LeaseBook> make_infisical_book(lease::BookScope scope);
    [[nodiscard]] lease::LeaseKeeping keeping();

    const Process& process_;
    lease::Profile profile_;
    bool verbose_;
    cache::TokenCache cache_;
    std::unique_ptr<InfisicalSide> infisical_; // null for other providers
    std::unique_ptr<lease::LeaseProvider> provider_;
};

// The secret that 'leasehold login' kept for a profile, from the first of its stores that has it.
[[nodiscard]] Result<std::optional<Secret>> stored_token(const Process& process,
                                                         const lease::Profile& profile);

} // namespace leasehold::helper
