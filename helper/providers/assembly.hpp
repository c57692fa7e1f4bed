// Puts the parts together for one profile: stores, cache, requester, provider. Nothing is opened
// before it is used.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/secret.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/intents.hpp"
#include "src/lease/terms/lease.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {
class TokenCache;
class TokenStore;
} // namespace leasehold::cache

namespace leasehold::lease {
class LeaseProvider;
} // namespace leasehold::lease

namespace leasehold::helper {

class AuditLog;
class ProviderSide;
struct ObtainParts;

// The stores of these names, in order; "none" gives none.
[[nodiscard]] std::vector<std::unique_ptr<cache::TokenStore>>
make_stores(const Process& process, const std::vector<std::string>& names);

// Loads the profile NAME of this process's user.
[[nodiscard]] Result<lease::Profile> load_profile(const Process& process, std::string_view name);

class Assembly {
public:
    // `verbose`: phases are told on stderr.
    Assembly(const Process& process, lease::Profile profile, bool verbose,
             lease::LeaseIntents intents = {});
    ~Assembly();
    Assembly(const Assembly&) = delete;
    Assembly& operator=(const Assembly&) = delete;

    [[nodiscard]] const lease::Profile& profile() const { return profile_; }
    [[nodiscard]] cache::TokenCache& cache() { return *cache_; }
    // With the audit log and the memory of the issuer around it.
    [[nodiscard]] lease::LeaseProvider& provider() { return *provider_; }
    [[nodiscard]] ProviderSide& side() { return *side_; }
    [[nodiscard]] AuditLog audit() const;
    [[nodiscard]] ObtainParts parts();
    void log(std::string_view text) const;
    // What the audit log should say of a lease: who asked, and whose it is, if that is news.
    [[nodiscard]] std::string remark(const lease::Lease& lease) const;
    // What the stores had to complain about, on stderr: only when verbose (H2).
    void log_notices() const;

private:
    const Process& process_;
    lease::Profile profile_;
    bool verbose_;
    std::unique_ptr<cache::TokenCache> cache_;
    lease::LeaseTerms terms_; // the profile's, with the issuer that is remembered
    std::unique_ptr<ProviderSide> side_;
    std::unique_ptr<lease::LeaseProvider> provider_;
};

// The secret that 'leasehold login' kept for a profile, from the first of its stores that has it.
[[nodiscard]] Result<std::optional<Secret>> stored_token(const Process& process,
                                                         const lease::Profile& profile);

} // namespace leasehold::helper
