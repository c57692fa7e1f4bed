// Where our files are (docs/profiles.md; XDG Base Directory Specification 0.8).
#pragma once

#include "src/base/environment.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::helper {

struct Directories {
    std::string home;    // "" if unknown
    std::string config;  // .../leasehold
    std::string runtime; // locks and refusals; "" if there is nowhere
    std::string state;   // audit log; "" if there is nowhere

    [[nodiscard]] std::string profiles() const { return config + "/profiles"; }
};

// One variable's value; null if it is not set. The front gives its raw environment, which it does
// not copy.
using Lookup = std::function<const char*(const char* name)>;

// Where profiles are, by the environment alone; empty if neither LEASEHOLD_CONFIG_DIR nor
// XDG_CONFIG_HOME nor HOME is an absolute path.
[[nodiscard]] std::optional<std::string> config_directory(const Lookup& lookup);

// Where locks and the like are, by the environment alone; empty in the same way.
[[nodiscard]] std::optional<std::string> runtime_directory(const Lookup& lookup);

// The home of this user in the user database; "" if there is none.
[[nodiscard]] std::string users_home();

// All of them. A HOME that is not set is looked up in the user database.
[[nodiscard]] Directories find_directories(const Environment& environment);

} // namespace leasehold::helper
