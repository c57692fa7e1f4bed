// Where the program that runs lies.
#pragma once

#include <string>

namespace leasehold::helper {

// Its absolute path with every link resolved, "" if that cannot be found out. Asked of /proc, or
// where that is not mounted (a chroot, some sandboxes) of what the kernel was told to run.
[[nodiscard]] std::string own_executable();

} // namespace leasehold::helper
