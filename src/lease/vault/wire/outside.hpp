// What logging in and leasing need from the world around, as values, so that tests can set them.
#pragma once

#include "src/lease/identity/secret_source.hpp"
#include "src/lease/identity/session.hpp"
#include "src/lease/identity/surroundings.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace leasehold::lease::vault {

// Referenced objects must outlive whatever is made with this.
struct Outside {
    const Environment& environment;
    const Clock& clock;
    std::string home; // "" if unknown
    identity::Connect connect;
    identity::SessionStore* sessions = nullptr; // null: nothing is kept
    identity::StoredSecret stored_secret = nullptr;
    std::string profile = {};                                            // its name, for hints
    std::function<void(std::string_view)> log = [](std::string_view) {}; // never a secret

    // The part that proofs of identity need.
    [[nodiscard]] identity::Surroundings surroundings() const {
        return {environment, clock, home, connect};
    }
};

} // namespace leasehold::lease::vault
