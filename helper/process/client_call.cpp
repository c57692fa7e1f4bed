#include "helper/process/client_call.hpp"

#include "helper/process/client_environment.hpp"

#include <algorithm>
#include <array>

namespace leasehold::helper {
namespace {

// Neither do proxies choose a server's identity: what goes through them is TLS to the server that
// the profile names.
constexpr std::array<std::string_view, 18> harmless{client_variable, "LEASEHOLD_PROFILE_CHAIN",
                                                    "HTTPS_PROXY",   "https_proxy",
                                                    "HTTP_PROXY",    "http_proxy",
                                                    "ALL_PROXY",     "all_proxy",
                                                    "NO_PROXY",      "no_proxy",
                                                    "LANG",          "LANGUAGE",
                                                    "TERM",          "COLORTERM",
                                                    "NO_COLOR",      "COLUMNS",
                                                    "LINES",         "PWD"};

bool is_harmless(std::string_view name) {
    return name.starts_with("LC_") ||
           std::find(harmless.begin(), harmless.end(), name) != harmless.end();
}

// Where the specification puts it anyway, below a home (XDG Base Directory Specification 0.8).
std::optional<std::string_view> usual_below_home(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> below{
        {{"HOME", ""},
         {"XDG_CONFIG_HOME", "/.config"},
         {"XDG_CACHE_HOME", "/.cache"},
         {"XDG_STATE_HOME", "/.local/state"},
         {"XDG_DATA_HOME", "/.local/share"}}};
    for (const auto& [variable, suffix] : below)
        if (variable == name)
            return suffix;
    return std::nullopt;
}

bool is_usual(std::string_view name, const std::string& value,
              const std::function<std::string()>& home, unsigned uid) {
    // systemd's places.
    const std::string runtime = "/run/user/" + std::to_string(uid);
    if (name == "XDG_RUNTIME_DIR")
        return value == runtime;
    if (name == "DBUS_SESSION_BUS_ADDRESS")
        return value == "unix:path=" + runtime + "/bus";
    const auto suffix = usual_below_home(name);
    return suffix && value.starts_with('/') && value == home().append(*suffix);
}

} // namespace

PartedEnvironment part_environment(const Environment& given,
                                   const std::optional<Environment>& clients,
                                   const std::function<std::string()>& home, unsigned uid) {
    Environment::Variables counts;
    Environment::Variables withheld;
    for (const auto& [name, value] : given.all()) {
        const auto own = clients ? clients->get(name) : std::nullopt;
        if (own == value || is_harmless(name) || is_usual(name, value, home, uid)) {
            counts[name] = value;
            continue;
        }
        withheld[name] = value;
        if (own)
            counts[name] = *own;
    }
    return {Environment(std::move(counts)), Environment(std::move(withheld))};
}

} // namespace leasehold::helper
