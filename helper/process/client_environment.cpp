#include "helper/process/client_environment.hpp"

#include "src/base/fd.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

// More than any kernel gives a program by default (execve(2), "Limits on size of arguments").
constexpr std::size_t most_bytes = std::size_t{8} << 20;

constexpr char by_user = 'u';
constexpr char by_client = 'c';
constexpr char by_unknown_client = 'x';

constexpr std::array<const char*, 8> places{"HOME",
                                            "XDG_CONFIG_HOME",
                                            "XDG_CACHE_HOME",
                                            "XDG_STATE_HOME",
                                            "XDG_RUNTIME_DIR",
                                            "LEASEHOLD_CONFIG_DIR",
                                            "LEASEHOLD_RUNTIME_DIR",
                                            "LEASEHOLD_STATE_DIR"};

constexpr std::array<std::string_view, 5> loader_prefixes{"LD_", "GLIBC_", "MALLOC_", "RES_",
                                                          "RESOLV_"};
constexpr std::array<std::string_view, 13> loader_names{
    "GCONV_PATH",      "GETCONF_DIR",     "HOSTALIASES",  "LOCALDOMAIN", "LOCPATH",
    "NIS_PATH",        "NLSPATH",         "TMPDIR",       "TZDIR",       "OPENSSL_CONF",
    "OPENSSL_MODULES", "OPENSSL_ENGINES", "SSLKEYLOGFILE"};

bool is_loader_variable(std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('='));
    return std::any_of(loader_prefixes.begin(), loader_prefixes.end(),
                       [&](std::string_view prefix) { return name.starts_with(prefix); }) ||
           std::find(loader_names.begin(), loader_names.end(), name) != loader_names.end();
}

} // namespace

bool is_client_variable(std::string_view entry) {
    return entry.substr(0, entry.find('=')) == client_variable;
}

std::optional<std::string> read_parents_environment() noexcept {
    const std::string path = "/proc/" + std::to_string(::getppid()) + "/environ";
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    // Another user's process is not for this user to speak for.
    if (!file || ::fstat(file.get(), &status) != 0 || status.st_uid != ::getauxval(AT_EUID))
        return std::nullopt;
    std::string text;
    std::array<char, 16384> chunk;
    while (text.size() <= most_bytes) {
        const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
        if (got < 0)
            return std::nullopt;
        if (got == 0)
            return text;
        text.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return std::nullopt;
}

std::string encode_caller(const Caller& caller) {
    if (!caller.client)
        return {by_user};
    return caller.environment ? by_client + *caller.environment : std::string{by_unknown_client};
}

std::optional<Caller> decode_caller(std::string_view bytes) {
    if (bytes.empty())
        return std::nullopt;
    switch (bytes.front()) {
    case by_user:
        return Caller{};
    case by_client:
        return Caller{true, std::string(bytes.substr(1))};
    case by_unknown_client:
        return Caller{true, std::nullopt};
    default:
        return std::nullopt;
    }
}

std::string places_text(const Lookup& lookup) {
    std::string text;
    for (const char* name : places) {
        const char* value = lookup(name);
        text.append(value == nullptr ? "" : value).push_back('\n');
    }
    return text;
}

bool names_a_place(std::string_view variable) {
    return std::find(places.begin(), places.end(), variable) != places.end();
}

void drop_loader_variables(char** environment) noexcept {
    char** kept = environment;
    for (char** at = environment; *at != nullptr; ++at)
        if (!is_loader_variable(*at))
            *kept++ = *at;
    *kept = nullptr;
}

} // namespace leasehold::helper
