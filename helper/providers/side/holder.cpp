#include "helper/providers/side/holder.hpp"

#include "cache/record/record.hpp"
#include "helper/process/user_database.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <array>
#include <cstdlib>

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string user_name(const Environment& environment) {
    if (const auto entry = find_user(::geteuid()))
        return entry->name;
    const std::string user = environment.value("USER");
    return user.empty() ? std::to_string(::geteuid()) : user;
}

// A profile that is to be written yet, or is gone, is ours as well.
bool is_anothers(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && status.st_uid != ::geteuid();
}

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> buffer{};
    if (::gethostname(buffer.data(), buffer.size() - 1) != 0)
        return "unknown";
    return buffer.data();
}

} // namespace

lease::LeaseHolder find_holder(const Environment& environment, const std::string& path) {
    const std::string host = host_name();
    const std::string machine = cache::machine_digest();
    return {user_name(environment), host,
            (is_anothers(path) ? "uid " + std::to_string(::geteuid()) : "owner") + " on " +
                (machine.empty() ? "host " + host : machine)};
}

std::string find_caller() {
    const std::string pid = std::to_string(::getppid());
    const std::string path = "/proc/" + pid + "/comm";
    const auto name = read_file(path, {.limit = 256}, "caller");
    if (!name)
        return {};
    return hostile_text(name->substr(0, name->find('\n')), 32) + '[' + pid + ']';
}

} // namespace leasehold::helper
