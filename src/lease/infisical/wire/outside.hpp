// What logging in and leasing need from the world around, as values, so that tests can set them.
#pragma once

#include "src/lease/identity/secret_source.hpp"
#include "src/lease/identity/session.hpp"
#include "src/lease/identity/surroundings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::infisical {

// Referenced objects must outlive whatever is made with this.
struct Outside {
    const Environment& environment;
    const Clock& clock;
    std::string home; // "" if unknown
    identity::Connect connect;
    identity::SessionStore* sessions = nullptr; // null: nothing is kept
    identity::StoredSecret stored_secret = nullptr;
    // What Infisical's own CLI keeps in the Secret Service for an account; empty if nothing.
    std::function<Result<std::optional<Secret>>(const std::string& account)> cli_entry =
        [](const std::string&) { return std::optional<Secret>(); };
    std::function<void(std::string_view)> log = [](std::string_view) {}; // never a secret

    // The part that proofs of identity need.
    [[nodiscard]] identity::Surroundings surroundings() const {
        return {environment, clock, home, connect};
    }
};

} // namespace leasehold::lease::infisical
