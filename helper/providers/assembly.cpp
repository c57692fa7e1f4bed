#include "helper/providers/assembly.hpp"

#include "cache/store/store.hpp"
#include "cache/stores.hpp"
#include "cache/token_cache.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/leasing/last_account.hpp"
#include "helper/leasing/last_asker.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/providers/known_issuer.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/providers/table.hpp"
#include "src/lease/providers.hpp"

namespace leasehold::helper {
std::vector<std::unique_ptr<cache::TokenStore>> make_stores(const Process& process,
                                                            const std::vector<std::string>& names) {
    const cache::StoreOptions options{.secret_service_child =
                                          process.libexec + "/leasehold-secret-service",
                                      .environment = process.environment,
                                      .runtime_directory = process.directories.runtime,
                                      .file_directory = process.directories.state + "/tokens"};
    std::vector<std::unique_ptr<cache::TokenStore>> stores;
    for (const std::string& name : names)
        if (auto store = cache::make_store(name, options))
            stores.push_back(std::move(store));
    return stores;
}

Result<lease::Profile> load_profile(const Process& process, std::string_view name) {
    return lease::load_profile(process.directories.profiles(), name, process.directories.home);
}

Assembly::Assembly(const Process& process, lease::Profile profile, bool verbose,
                   lease::LeaseIntents intents)
    : process_(process), profile_(std::move(profile)), verbose_(verbose),
      cache_(std::make_unique<cache::TokenCache>(make_stores(process, profile_.stores),
                                                 process.clock)),
      terms_(profile_.terms) {
    const std::string issuer_path = known_issuer_path(process.directories.state, profile_.cluster);
    // What the profile says counts more.
    Result<std::string> known =
        terms_.issuer.empty() ? read_known_issuer(issuer_path) : terms_.issuer;
    if (known)
        terms_.issuer = *known;
    side_ = provider_row(profile_.kind->name)
                .make_side({process_, profile_, terms_, *cache_,
                            [this] { return stored_token(process_, profile_); },
                            [this](std::string_view text) { log(text); }, std::move(intents)});
    provider_ =
        keep_audit(remember_issuer(side_->provider(), issuer_path, std::move(known)), profile_,
                   audit(), [this](const lease::Lease& lease) { return remark(lease); });
}

Assembly::~Assembly() = default;

std::string Assembly::remark(const lease::Lease& lease) const {
    std::string text = note_asker(process_, profile_);
    const std::string account =
        lease.own_account ? "" : note_account(process_, profile_, lease.subject);
    return text + (text.empty() || account.empty() ? "" : "; ") + account;
}

AuditLog Assembly::audit() const {
    return {audit_log_path(process_.directories.state), process_.clock};
}

ObtainParts Assembly::parts() {
    return {*cache_, *provider_, process_.clock, process_.directories.runtime,
            [this](std::string_view text) { log(text); }};
}

void Assembly::log(std::string_view text) const {
    if (verbose_)
        process_.complain("leasehold: " + std::string(text) + '\n');
}

void Assembly::log_notices() const {
    for (const cache::Notice& notice : cache_->notices())
        log("store " + notice.store + ": " + notice.error.message);
}

Result<std::optional<Secret>> stored_token(const Process& process, const lease::Profile& profile) {
    const cache::CacheKey key = bootstrap_key(profile);
    std::string trouble;
    for (const auto& store : make_stores(process, profile.stores)) {
        auto found = store->get(key);
        if (found && *found)
            return std::optional<Secret>(**std::move(found));
        // A store that does not exist here cannot be where the token is.
        if (!found && found.error().fault != cache::StoreFault::unavailable)
            trouble = std::string(store->name()) + ": " + found.error().message;
    }
    if (!trouble.empty())
        return make_error(ErrorCode::store, "the requester's token cannot be read; " + trouble,
                          "unlock or start the store, or run 'leasehold login' again");
    return std::optional<Secret>();
}

} // namespace leasehold::helper
