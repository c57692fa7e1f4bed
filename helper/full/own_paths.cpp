#include "helper/full/own_paths.hpp"

#include "helper/layout.hpp"
#include "helper/process/own_executable.hpp"
#include "src/base/files.hpp"

namespace leasehold::helper {

OwnPaths find_own_paths() {
    const std::string own = own_executable();
    if (own.empty())
        return {};
    OwnPaths paths;
    paths.libexec = directory_of(own);
    std::string front = paths.libexec;
    for (int up = 0; up < libexec_depth; ++up)
        front = directory_of(front);
    paths.front = (front == "/" ? "" : front) + '/' + std::string(bin_directory) + "/leasehold";
    return paths;
}

} // namespace leasehold::helper
