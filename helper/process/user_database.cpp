#include "helper/process/user_database.hpp"

#include "src/base/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

#include <nss.h>
#include <pwd.h>

namespace leasehold::helper {
namespace {

#ifdef LEASEHOLD_STATIC
constexpr bool is_static = true;
#else
constexpr bool is_static = false;
#endif

// Places that only root can write to: which program answers decides where profiles are.
constexpr std::array<const char*, 3> getent_paths = {"/usr/bin/getent", "/bin/getent",
                                                     "/run/current-system/sw/bin/getent"};
constexpr std::size_t most_for_an_entry = std::size_t{1} << 20;
constexpr Milliseconds patience{2000};

std::string absolute(const char* path) {
    return path != nullptr && path[0] == '/' ? path : "";
}

std::optional<UserEntry> ask_libc(uid_t uid) {
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(4096);
    while (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == ERANGE &&
           buffer.size() < most_for_an_entry)
        buffer.resize(buffer.size() * 4);
    if (found == nullptr)
        return std::nullopt;
    return UserEntry{found->pw_name, absolute(found->pw_dir)};
}

std::optional<UserEntry> ask_getent(uid_t uid) {
    for (const char* path : getent_paths) {
        const auto outcome =
            run_child({.argv = {path, "passwd", std::to_string(uid)}, .environment = {}},
                      Deadline::after(patience));
        if (!outcome)
            continue; // not there
        if (outcome->end != ChildOutcome::End::exited || outcome->status != 0)
            return std::nullopt;
        return parse_user(outcome->output.reveal(), uid);
    }
    return std::nullopt;
}

} // namespace

void pin_name_services() {
    if (!is_static)
        return;
    (void)::__nss_configure_lookup("hosts", "files dns");
    (void)::__nss_configure_lookup("passwd", "files");
}

std::optional<UserEntry> find_user(uid_t uid) {
    auto entry = ask_libc(uid);
    return entry || !is_static ? entry : ask_getent(uid);
}

std::optional<UserEntry> parse_user(std::string_view line, uid_t uid) {
    constexpr std::size_t fields_of_a_line = 7;
    line = line.substr(0, line.find('\n'));
    std::vector<std::string> fields;
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find(':', begin), line.size());
        fields.emplace_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
    if (fields.size() != fields_of_a_line || fields[0].empty() || fields[2] != std::to_string(uid))
        return std::nullopt;
    return UserEntry{fields[0], absolute(fields[5].c_str())};
}

} // namespace leasehold::helper
