#include "helper/process/directories.hpp"

#include "helper/process/user_database.hpp"

#include <initializer_list>

#include <unistd.h>

namespace leasehold::helper {
namespace {

// The first of `name`s that is an absolute path, with its suffix.
std::string
first_absolute(const Environment& environment,
               std::initializer_list<std::pair<std::string_view, std::string_view>> names) {
    for (const auto& [name, suffix] : names) {
        const std::string value = environment.value(name);
        if (value.starts_with('/'))
            return value + std::string(suffix);
    }
    return {};
}

} // namespace

std::string users_home() {
    const auto user = find_user(::geteuid());
    return user ? user->home : std::string();
}

Directories find_directories(const Environment& environment) {
    Directories directories;
    directories.home = first_absolute(environment, {{"HOME", ""}});
    if (directories.home.empty())
        directories.home = users_home();
    const auto under_home = [&](std::string_view path) {
        return directories.home.empty() ? std::string() : directories.home + std::string(path);
    };
    directories.config = first_absolute(
        environment, {{"LEASEHOLD_CONFIG_DIR", ""}, {"XDG_CONFIG_HOME", "/leasehold"}});
    if (directories.config.empty())
        directories.config = under_home("/.config/leasehold");
    directories.runtime = first_absolute(environment, {{"LEASEHOLD_RUNTIME_DIR", ""},
                                                       {"XDG_RUNTIME_DIR", "/leasehold"},
                                                       {"XDG_CACHE_HOME", "/leasehold"}});
    if (directories.runtime.empty())
        directories.runtime = under_home("/.cache/leasehold");
    directories.state = first_absolute(
        environment, {{"LEASEHOLD_STATE_DIR", ""}, {"XDG_STATE_HOME", "/leasehold"}});
    if (directories.state.empty())
        directories.state = under_home("/.local/state/leasehold");
    return directories;
}

} // namespace leasehold::helper
