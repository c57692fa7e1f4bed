#include "helper/full/own_paths.hpp"

#include "helper/layout.hpp"
#include "src/base/files.hpp"

#include <array>

#include <limits.h>
#include <unistd.h>

namespace leasehold::helper {

OwnPaths find_own_paths() {
    std::array<char, PATH_MAX> buffer;
    const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    if (length <= 0)
        return {};
    OwnPaths paths;
    paths.libexec = directory_of({buffer.data(), static_cast<std::size_t>(length)});
    std::string front = paths.libexec;
    for (int up = 0; up < libexec_depth; ++up)
        front = directory_of(front);
    paths.front = (front == "/" ? "" : front) + '/' + std::string(bin_directory) + "/leasehold";
    return paths;
}

} // namespace leasehold::helper
