// Where this installation is, by the program's own place and by nothing a caller can set.
#pragma once

#include <string>

namespace leasehold::helper {

struct OwnPaths {
    std::string front;   // PREFIX/bin/leasehold
    std::string libexec; // PREFIX/libexec/leasehold
};

// Of the full program, which is PREFIX/libexec/leasehold/leasehold.
[[nodiscard]] OwnPaths find_own_paths();

} // namespace leasehold::helper
