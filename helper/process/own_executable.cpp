#include "helper/process/own_executable.hpp"

#include <array>
#include <cstdlib>

#include <limits.h>
#include <sys/auxv.h>
#include <unistd.h>

namespace leasehold::helper {

std::string own_executable() {
    std::array<char, PATH_MAX> buffer;
    const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    if (length > 0 && length < static_cast<ssize_t>(buffer.size()))
        return {buffer.data(), static_cast<std::size_t>(length)};
    const auto* told = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    if (told == nullptr || ::realpath(told, buffer.data()) == nullptr)
        return {};
    return buffer.data();
}

} // namespace leasehold::helper
