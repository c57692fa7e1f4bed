// Apart from directories.cpp, which reads the user database: the front is linked statically and
// must not pull that in.
#include "helper/directories.hpp"

namespace leasehold::helper {

std::optional<std::string> config_directory(const Lookup& lookup) {
    const auto absolute = [&](const char* name) {
        const char* value = lookup(name);
        // The specification: relative paths are to be ignored.
        return std::string_view(value != nullptr && value[0] == '/' ? value : "");
    };
    if (const auto own = absolute("LEASEHOLD_CONFIG_DIR"); !own.empty())
        return std::string(own);
    if (const auto xdg = absolute("XDG_CONFIG_HOME"); !xdg.empty())
        return std::string(xdg) + "/leasehold";
    if (const auto home = absolute("HOME"); !home.empty())
        return std::string(home) + "/.config/leasehold";
    return std::nullopt;
}

} // namespace leasehold::helper
