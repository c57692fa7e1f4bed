#include "helper/lease_book/kept_secret.hpp"

#include "cache/store/store.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/providers/assembly.hpp"

namespace leasehold::helper {
namespace {

// A store that survives the session comes first here: the token is not to be had again.
std::vector<std::string> lasting_first(const std::vector<std::string>& stores) {
    std::vector<std::string> order;
    for (const std::string& store : stores)
        if (store != "kernel-keyring")
            order.push_back(store);
    for (const std::string& store : stores)
        if (store == "kernel-keyring")
            order.push_back(store);
    return order;
}

} // namespace

Result<std::string> keep_secret(const Process& process, const lease::Profile& profile,
                                const Secret& secret) {
    std::string trouble;
    for (const auto& store : make_stores(process, lasting_first(profile.stores))) {
        auto kept = store->put(bootstrap_key(profile), secret, Seconds(0));
        if (kept)
            return std::string(store->name());
        trouble += std::string(trouble.empty() ? "" : "; ") + std::string(store->name()) + ": " +
                   kept.error().message;
    }
    return make_error(ErrorCode::store,
                      "no store could keep the token" + (trouble.empty() ? "" : ": " + trouble),
                      "'leasehold doctor' tells which stores work here");
}

std::string forget_kept_secret(const Process& process, const lease::Profile& profile) {
    std::string trouble;
    for (const auto& store : make_stores(process, profile.stores)) {
        auto erased = store->erase(bootstrap_key(profile));
        if (!erased && erased.error().fault != cache::StoreFault::unavailable)
            trouble += std::string(trouble.empty() ? "" : "; ") + std::string(store->name()) +
                       ": " + erased.error().message;
    }
    return trouble;
}

} // namespace leasehold::helper
