#include "helper/providers/side/holder.hpp"

#include "cache/record/record.hpp"
#include "helper/process/user_database.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <array>
#include <cstdlib>

#include <limits.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string user_name(const Environment& environment) {
    if (const auto entry = find_user(::geteuid()))
        return entry->name;
    const std::string user = environment.value("USER");
    return user.empty() ? std::to_string(::geteuid()) : user;
}

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> buffer{};
    if (::gethostname(buffer.data(), buffer.size() - 1) != 0)
        return "unknown";
    return buffer.data();
}

} // namespace

lease::LeaseHolder find_holder(const Environment& environment) {
    return {user_name(environment), host_name(), cache::machine_identity()};
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
