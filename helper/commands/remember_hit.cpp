#include "helper/commands/remember_hit.hpp"

#include "cache/notes/clearance.hpp"
#include "cache/store/quick_store.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/providers/assembly.hpp"

#include <memory>

namespace leasehold::helper {
namespace {

// As the front looks variables up.
auto values_of(const Environment& environment) {
    return [&all = environment.all()](std::string_view name) -> const char* {
        const auto found = all.find(name);
        return found == all.end() ? nullptr : found->second.c_str();
    };
}

// What decides who asks, as it stands; empty if it has just changed, or is too much for a hit.
std::optional<cache::Clearance> watch_asker(const Process& process, const lease::Profile& profile,
                                            const LeaseKey& key) {
    cache::Clearance clearance{key.key.digest_hex(), ""};
    if (key.files.size() > cache::most_watched_files)
        return std::nullopt;
    for (const std::string& path : key.files)
        clearance.files.push_back({path, cache::file_identity_at(path)});
    for (const std::string& name : key.variables)
        clearance.variables += (clearance.variables.empty() ? "" : " ") + name;
    clearance.variables_digest =
        cache::variables_digest(clearance.variables, values_of(process.environment));
    // Read once more, after the files were looked at: nothing was swapped in between.
    const auto again = lease_key(process, profile, default_request(profile));
    if (!again || again->key.digest_hex() != clearance.key_digest_hex)
        return std::nullopt;
    return clearance;
}

// The first of the profile's stores that the front asks, too, and that holds the lease; null if
// there is none.
std::unique_ptr<cache::QuickStore>
quick_store_of(const Process& process, const lease::Profile& profile, const LeaseKey& key) {
    for (auto& store : make_stores(process, profile.stores)) {
        auto* quick = dynamic_cast<cache::QuickStore*>(store.get());
        const auto held = quick == nullptr ? cache::StoreResult<std::optional<Secret>>(std::nullopt)
                                           : quick->get(key.key);
        if (held && *held) {
            (void)store.release();
            return std::unique_ptr<cache::QuickStore>(quick);
        }
    }
    return nullptr;
}

} // namespace

void remember_hit(const lease::Profile& profile, const Process& process,
                  const CredentialArguments& arguments, const ExecRequest& request,
                  const LeaseKey& key, Seconds life) {
    const auto store = quick_store_of(process, profile, key);
    if (!store)
        return;
    auto clearance = watch_asker(process, profile, key);
    if (!clearance)
        return;
    clearance->api_version = to_text(request.api_version);
    clearance->recheck = profile.recheck;
    cache::ClearanceQuestion question;
    question.profile_path = profile.path;
    question.profile = profile.identity;
    question.exec_info = process.environment.value(client_variable);
    if (arguments.api_version)
        question.api_version_argument = to_text(*arguments.api_version);
    question.places = places_text(values_of(process.environment));
    (void)cache::record_clearance(*store, cache::clearance_digest(question), *clearance, life);
}

} // namespace leasehold::helper
