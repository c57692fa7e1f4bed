// Whether this machine forbids the kernel keyring, as the usual profiles of container engines do.
#pragma once

#include <keyutils.h>

#include <cerrno>

namespace leasehold::test {

[[nodiscard]] inline bool keyring_forbidden() {
    return ::keyctl_get_keyring_ID(KEY_SPEC_PROCESS_KEYRING, 1) < 0 &&
           (errno == EPERM || errno == EACCES || errno == ENOSYS);
}

constexpr const char* no_keyring = "this machine forbids the kernel keyring";

} // namespace leasehold::test
