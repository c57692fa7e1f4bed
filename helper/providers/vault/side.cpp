#include "helper/providers/vault/side.hpp"

#include "cache/token_cache.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/leasing/note.hpp"
#include "helper/providers/side/outside.hpp"
#include "helper/providers/vault/check.hpp"
#include "helper/providers/vault/login.hpp"
#include "src/base/time.hpp"
#include "src/lease/vault/client.hpp"
#include "src/lease/vault/login/proof.hpp"
#include "src/lease/vault/provider.hpp"
#include "src/lease/vault/wire/requests.hpp"

#include <set>

namespace leasehold::helper {
namespace {

using lease::vault::VaultSettings;

constexpr Seconds longest_kept{30 * 24 * 3600};

const VaultSettings& settings_of(const lease::Profile& profile) {
    return std::any_cast<const VaultSettings&>(profile.settings);
}

// Sessions are one for all profiles of a login, and each identity's own.
cache::CacheKey::Fields login_fields(const Process& process, const lease::Profile& profile) {
    cache::CacheKey::Fields fields =
        lease::vault::settings_identity(settings_of(profile), lease::Identity::of_login);
    fields.emplace_back("asker", asker_digest(process, profile));
    return fields;
}

KeptSessions::Whose whose(const VaultSettings& settings) {
    const lease::vault::AuthSettings& auth = settings.auth;
    const std::string& who = !auth.role_id.empty()    ? auth.role_id
                             : !auth.username.empty() ? auth.username
                                                      : auth.role;
    return {"vault", settings.address.text(), who, true, longest_kept};
}

} // namespace

VaultSide::VaultSide(SideParts parts)
    : parts_(std::move(parts)), settings_(settings_of(parts_.profile)),
      sessions_(parts_.process, parts_.cache, whose(settings_),
                login_fields(parts_.process, parts_.profile)) {}

lease::vault::Outside VaultSide::outside() {
    return outside_of(parts_, sessions_);
}

std::unique_ptr<lease::LeaseProvider> VaultSide::provider() {
    return lease::make_vault_provider(settings_, parts_.terms, outside());
}

std::unique_ptr<lease::LeaseBook> VaultSide::book(lease::BookScope scope) {
    std::vector<lease::vault::KnownLease> known;
    for (const cache::Hit& hit : parts_.cache.list()) {
        const auto note = read_lease_note(hit.record.note);
        if (note && note->path == parts_.profile.path)
            known.push_back({note->id, note->subject, hit.record.lifetime.issued_wall,
                             note->expires, note->revocable, note->jti, note->revocable_known});
    }
    return lease::make_vault_book(settings_, parts_.terms, outside(), scope, std::move(known));
}

std::vector<CheckStep> VaultSide::check(Deadline deadline) {
    return check_vault(settings_, parts_.profile, outside(), deadline);
}

// A secret id would be used up by that, and make a login that nobody needs.
Result<std::string> VaultSide::try_secret(const Secret& secret, Deadline deadline) {
    if (settings_.auth.method != lease::vault::AuthMethod::token)
        return std::string();
    // It is this one that is tried, whatever stands before it.
    Environment::Variables variables = parts_.process.environment.all();
    for (const char* name : {"BAO_TOKEN", "VAULT_TOKEN"})
        variables.erase(name);
    const Environment environment{std::move(variables)};
    const lease::vault::Outside usual = outside();
    const lease::vault::Outside around{
        .environment = environment,
        .clock = usual.clock,
        .home = usual.home,
        .connect = usual.connect,
        .stored_secret = [&] { return Result<std::optional<Secret>>(secret.clone()); },
        .profile = usual.profile,
        .log = usual.log};
    lease::vault::Client client(settings_, around);
    LEASEHOLD_TRY_ASSIGN(const auto answer,
                         client.ask_any(lease::vault::lookup_token_request(settings_),
                                        lease::vault::Repeat::reads, deadline));
    const auto refusal = lease::vault::read_refusal(answer.response);
    if (refusal.by_policy)
        return std::string("somebody who may not look at their own token");
    if (refusal.status != 200)
        return lease::vault::refusal_error(refusal, lease::vault::Doing::asking,
                                           "look at the token");
    LEASEHOLD_TRY_ASSIGN(const auto facts, lease::vault::read_token_facts(answer.response));
    return facts.display_name +
           (facts.ttl == Seconds(0) ? "" : ", for " + format_duration(facts.ttl));
}

void VaultSide::forget_login() {
    sessions_.forget();
    forget_refusals();
}

void VaultSide::forget_refusals() {
    for (const std::string& name : lease::vault::known_fingerprints(settings_, outside()))
        sessions_.forget_refusal(name);
}

Result<std::string> VaultSide::sign_in(Secret secret, const Person& person, Deadline deadline) {
    return sign_in_to_vault(settings_, outside(), std::move(secret), person, deadline);
}

// A login's token takes its leases along when it is revoked: the account of a dynamic one is gone
// within a second, whichever profile it was leased for.
void VaultSide::end_session(Deadline deadline, bool keep_leases) {
    if (!keep_leases) {
        const lease::vault::Outside around = outside();
        lease::vault::Client client(settings_, around);
        if (const auto ended = client.end_session(deadline); !ended)
            parts_.log("the session could not be ended: " + ended.error().message);
        if (lease::vault::makes_own_token(settings_.auth.method))
            forget_leases();
    }
    sessions_.forget();
}

// Of every profile that has this login.
void VaultSide::forget_leases() {
    const std::string directory = parts_.process.directories.profiles();
    const auto names = lease::list_profiles(directory);
    if (!names)
        parts_.log("leases that ended with the session may stay in the cache: " +
                   names.error().message);
    std::set<std::string> gone = {parts_.profile.path};
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        const auto other = lease::load_profile(directory, name, parts_.process.directories.home);
        if (other && other->kind == parts_.profile.kind &&
            login_fields(parts_.process, *other) == login_fields(parts_.process, parts_.profile))
            gone.insert(other->path);
    }
    for (const cache::Hit& hit : parts_.cache.list()) {
        const auto note = read_lease_note(hit.record.note);
        const auto key = cache::CacheKey::from_material(hit.record.key_material);
        if (note && key && gone.contains(note->path))
            parts_.cache.forget(*key);
    }
}

} // namespace leasehold::helper
