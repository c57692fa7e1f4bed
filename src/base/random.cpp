#include "src/base/random.hpp"

#include <cerrno>

#include <sys/random.h>

namespace leasehold {

std::optional<std::string> random_hex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    ssize_t count = -1;
    do
        count = ::getrandom(raw.data(), raw.size(), 0);
    while (count < 0 && errno == EINTR);
    if (count != static_cast<ssize_t>(bytes))
        return std::nullopt;
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        text.append({digits[byte >> 4], digits[byte & 15]});
    }
    return text;
}

} // namespace leasehold
