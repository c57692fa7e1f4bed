#include "cache/kernel_keyring/libraries.hpp"

#include <keyutils.h>

#include <string_view>

namespace leasehold::cache {

Libraries keyring_libraries() {
    // "keyutils-1.6.3"
    const std::string_view text(::keyutils_version_string);
    return {{"keyutils", std::string(text.substr(text.rfind('-') + 1))}};
}

} // namespace leasehold::cache
