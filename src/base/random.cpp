#include "src/base/random.hpp"

#include <cerrno>

#include <sys/random.h>

namespace leasehold {

bool fill_at_random(char* bytes, std::size_t size) {
    ssize_t count = -1;
    do
        count = ::getrandom(bytes, size, 0);
    while (count < 0 && errno == EINTR);
    return count == static_cast<ssize_t>(size);
}

std::optional<std::string> random_hex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    if (!fill_at_random(raw.data(), raw.size()))
        return std::nullopt;
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        text.append({digits[byte >> 4], digits[byte & 15]});
    }
    return text;
}

std::string temporary_suffix() {
    return random_hex(temporary_suffix_size / 2).value_or(std::string(temporary_suffix_size, '0'));
}

} // namespace leasehold
