#include "helper/providers/assembly.hpp"

#include "cache/stores.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/holder.hpp"
#include "helper/providers/known_issuer.hpp"
#include "helper/providers/revocation_memory.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/book.hpp"

#include <array>

namespace leasehold::helper {
namespace {

std::unique_ptr<http::HttpClient> connect(http::Server server) {
    return http::make_http_client(std::move(server));
}

} // namespace

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

Assembly::Assembly(const Process& process, lease::Profile profile, bool verbose)
    : process_(process), profile_(std::move(profile)), verbose_(verbose),
      cache_(make_stores(process, profile_.stores), process.clock) {
    const std::string issuer_path = known_issuer_path(process.directories.state, profile_.cluster);
    if (profile_.kubernetes.issuer.empty())
        profile_.kubernetes.issuer = read_known_issuer(issuer_path);
    provider_ = keep_audit(remember_issuer(make_provider(), issuer_path), profile_, audit());
}

// Every provider by its name: who makes it, and who makes the book of its leases.
struct Assembly::Row {
    std::string_view name;
    std::unique_ptr<lease::LeaseProvider> (Assembly::*make_provider)();
    std::unique_ptr<lease::LeaseBook> (Assembly::*make_book)(lease::BookScope scope);
};

const Assembly::Row& Assembly::row() const {
    static constexpr std::array<Row, 2> table{
        {{"kubernetes", &Assembly::make_kubernetes, &Assembly::make_kubernetes_book},
         {"infisical", &Assembly::make_infisical, &Assembly::make_infisical_book}}};
    for (const Row& row : table)
        if (row.name == profile_.provider)
            return row;
    return table.front(); // profiles with other names are refused when they are read
}

std::unique_ptr<lease::LeaseProvider> Assembly::make_provider() {
    return (this->*row().make_provider)();
}

std::unique_ptr<lease::LeaseBook> Assembly::book(lease::BookScope scope) {
    return (this->*row().make_book)(scope);
}

std::unique_ptr<lease::LeaseProvider> Assembly::make_kubernetes() {
    return lease::make_kubernetes_provider(profile_, requester_environment(), keeping(), connect,
                                           process_.clock);
}

std::unique_ptr<lease::LeaseBook> Assembly::make_kubernetes_book(lease::BookScope scope) {
    // Of leases that cannot be revoked the cluster knows nothing.
    const lease::KubernetesSettings& settings = profile_.kubernetes;
    if (settings.credential == lease::CredentialKind::fixed &&
        (settings.revocable == false ||
         (!settings.revocable && were_secrets_refused(process_, profile_))))
        return nullptr;
    return lease::make_kubernetes_book(profile_, requester_environment(),
                                       find_holder(process_.environment), connect, process_.clock,
                                       scope);
}

std::unique_ptr<lease::LeaseProvider> Assembly::make_infisical() {
    infisical_ = std::make_unique<InfisicalSide>(
        process_, profile_, cache_, [this] { return stored_token(process_, profile_); },
        [this](std::string_view text) { log(text); });
    return infisical_->provider(profile_.kubernetes.issuer);
}

std::unique_ptr<lease::LeaseBook> Assembly::make_infisical_book(lease::BookScope scope) {
    return infisical_->book(scope);
}

lease::LeaseKeeping Assembly::keeping() {
    return {find_holder(process_.environment),
            [this] { return were_secrets_refused(process_, profile_); },
            [this] { remember_secrets_refused(process_, profile_); }, was_interrupted};
}

AuditLog Assembly::audit() const {
    return {audit_log_path(process_.directories.state), process_.clock};
}

ObtainParts Assembly::parts() {
    return {cache_, *provider_, process_.clock, process_.directories.runtime,
            [this](std::string_view text) { log(text); }};
}

lease::RequesterEnvironment Assembly::requester_environment() {
    return {process_.environment, [this] { return stored_token(process_, profile_); }};
}

void Assembly::log(std::string_view text) const {
    if (verbose_)
        process_.complain("leasehold: " + std::string(text) + '\n');
}

void Assembly::log_notices() const {
    for (const cache::Notice& notice : cache_.notices())
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
