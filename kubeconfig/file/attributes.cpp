#include "kubeconfig/file/attributes.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include <sys/xattr.h>

namespace leasehold::kubeconfig {
namespace {

constexpr const char* access_list = "system.posix_acl_access";

// Empty if the file has none, or the file system knows of none.
std::vector<std::string> names_of(int fd) {
    const ssize_t size = ::flistxattr(fd, nullptr, 0);
    std::string list(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    const ssize_t got = list.empty() ? 0 : ::flistxattr(fd, list.data(), list.size());
    list.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    std::vector<std::string> names;
    for (std::size_t at = 0; at < list.size(); at += names.back().size() + 1)
        names.emplace_back(list.c_str() + at);
    return names;
}

std::string value_of(int fd, const std::string& name) {
    const ssize_t size = ::fgetxattr(fd, name.c_str(), nullptr, 0);
    std::string value(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    const ssize_t got =
        value.empty() ? 0 : ::fgetxattr(fd, name.c_str(), value.data(), value.size());
    value.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return value;
}

} // namespace

bool copy_attributes(int from, int to) {
    const std::vector<std::string> wanted = names_of(from);
    const std::vector<std::string> present = names_of(to);
    for (const std::string& name : wanted) {
        const std::string value = value_of(from, name);
        const bool same = std::find(present.begin(), present.end(), name) != present.end() &&
                          value_of(to, name) == value;
        if (!same && ::fsetxattr(to, name.c_str(), value.data(), value.size(), 0) != 0)
            return false;
    }
    // A directory may give one to every new file.
    if (std::find(wanted.begin(), wanted.end(), access_list) == wanted.end())
        (void)::fremovexattr(to, access_list);
    return true;
}

} // namespace leasehold::kubeconfig
