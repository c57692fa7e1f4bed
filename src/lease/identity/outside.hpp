// What logging in to a server and leasing from it need from the world around, as values, so that
// tests can set them.
#pragma once

#include "src/lease/identity/secret_source.hpp"
#include "src/lease/identity/session.hpp"
#include "src/lease/identity/surroundings.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace leasehold::lease::identity {

// Referenced objects must outlive whatever is made with this.
struct Outside {
    const Environment& environment;
    const Clock& clock;
    std::string home; // "" if unknown
    Connect connect;
    SessionStore* sessions = nullptr; // null: nothing is kept
    StoredSecret stored_secret = nullptr;
    std::string profile = {};                                            // its name, for hints
    std::function<void(std::string_view)> log = [](std::string_view) {}; // never a secret

    // The part that proofs of identity need.
    [[nodiscard]] Surroundings surroundings() const { return {environment, clock, home, connect}; }
};

} // namespace leasehold::lease::identity
