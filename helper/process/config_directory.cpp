// Apart from directories.cpp, which reads the user database: the front is linked statically and
// must not pull that in.
#include "helper/process/directories.hpp"

#include <initializer_list>

namespace leasehold::helper {

namespace {

struct Place {
    const char* variable;
    std::string_view suffix;
};

// Below the first of the variables that is an absolute path: the specification wants relative ones
// ignored.
std::optional<std::string> first_of(const Lookup& lookup, std::initializer_list<Place> places) {
    for (const Place& place : places) {
        const char* value = lookup(place.variable);
        if (value != nullptr && value[0] == '/')
            return std::string(value).append(place.suffix);
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> config_directory(const Lookup& lookup) {
    return first_of(lookup, {{"LEASEHOLD_CONFIG_DIR", ""},
                             {"XDG_CONFIG_HOME", "/leasehold"},
                             {"HOME", "/.config/leasehold"}});
}

std::optional<std::string> runtime_directory(const Lookup& lookup) {
    return first_of(lookup, {{"LEASEHOLD_RUNTIME_DIR", ""},
                             {"XDG_RUNTIME_DIR", "/leasehold"},
                             {"XDG_CACHE_HOME", "/leasehold"},
                             {"HOME", "/.cache/leasehold"}});
}

} // namespace leasehold::helper
