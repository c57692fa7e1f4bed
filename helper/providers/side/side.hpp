// What a provider is to the program, whichever it is.
#pragma once

#include "helper/providers/side/check_step.hpp"
#include "src/base/clock.hpp"
#include "src/base/secret.hpp"
#include "src/lease/terms/intents.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {
class TokenCache;
} // namespace leasehold::cache

namespace leasehold::lease {
class LeaseBook;
class LeaseProvider;
enum class BookScope;
struct LeaseTerms;
struct Profile;
} // namespace leasehold::lease

namespace leasehold::helper {

struct Process;

// What a side is made with; everything outlives it.
struct SideParts {
    const Process& process;
    const lease::Profile& profile;
    const lease::LeaseTerms& terms; // the profile's, with the issuer that is remembered
    cache::TokenCache& cache;
    // The secret that `leasehold login` kept; empty if there is none.
    std::function<Result<std::optional<Secret>>()> stored_secret;
    std::function<void(std::string_view)> log; // phases, for --verbose; never a secret
    lease::LeaseIntents intents;               // told where the provider knows the id beforehand
};

struct Person;

class ProviderSide {
public:
    virtual ~ProviderSide() = default;

    [[nodiscard]] virtual std::unique_ptr<lease::LeaseProvider> provider() = 0;
    // The book of the profile's leases; null if the provider keeps none.
    [[nodiscard]] virtual std::unique_ptr<lease::LeaseBook> book(lease::BookScope scope) = 0;
    // Asks the servers whether the profile can work, step by step, up to the first that fails.
    // Leases nothing.
    [[nodiscard]] virtual std::vector<CheckStep> check(Deadline deadline) = 0;
    // What there is to choose from for a flag of `setup`, as far as the servers tell.
    [[nodiscard]] virtual std::vector<std::string> choices(std::string_view flag,
                                                           Deadline deadline) {
        (void)flag;
        (void)deadline;
        return {};
    }
    // For `login`, before the secret is kept: asks the server whether it takes it. For people:
    // whose it is, and until when if it tells; "" if nobody was asked.
    [[nodiscard]] virtual Result<std::string> try_secret(const Secret& secret, Deadline deadline) {
        (void)secret;
        (void)deadline;
        return std::string();
    }
    // After `login`: what was logged in with the old secret is forgotten.
    virtual void forget_login() {}
    // What was refused may be allowed by now: a person asks, and the servers are asked again.
    virtual void forget_refusals() {}
    // For `login`, where a secret is traded for a session (KeptSecret::traded): logs in, and keeps
    // the session alone. Answers how long that lasts, for people.
    [[nodiscard]] virtual Result<std::string> sign_in(Secret secret, const Person& person,
                                                      Deadline deadline) {
        (void)secret;
        (void)person;
        (void)deadline;
        return make_error(ErrorCode::internal, "this provider has no sessions of a person's");
    }
    // Ends a kept session at its server, which is asked once, and forgets it, unless leases are to
    // go on (`keep_leases`) and would end with it: then it is only forgotten. What fails is logged.
    virtual void end_session(Deadline deadline, bool keep_leases) {
        (void)deadline;
        (void)keep_leases;
    }
    // Tells the session that is kept for this profile from others, where two profiles may share
    // one and the first to leave must not end it for the others. "" for a provider that keeps none,
    // or whose sessions are ended for all.
    [[nodiscard]] virtual std::string session_name() const { return {}; }
    // For `setup`, after a first lease: lines for the provider's section of the profile that only
    // the servers could tell, as far as they do. Each ends with a line feed.
    [[nodiscard]] virtual std::string learn(Deadline deadline) {
        (void)deadline;
        return {};
    }
};

} // namespace leasehold::helper
