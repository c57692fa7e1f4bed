#include "helper/process/erasing.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <string.h>

namespace leasehold::helper {
namespace {

constexpr std::array<std::string_view, 9> words{
    "TOKEN", "SECRET", "PASSWORD", "PASSWD", "JWT", "PRIVATE", "CREDENTIAL", "_KEY", "APIKEY"};

bool speaks_of_a_secret(std::string_view name) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return name.find(word) != std::string_view::npos;
    });
}

} // namespace

void erase_secrets(char** environment) noexcept {
    char** kept = environment;
    for (char** at = environment; *at != nullptr; ++at) {
        const std::string_view entry(*at);
        const std::size_t equals = std::min(entry.find('='), entry.size());
        if (speaks_of_a_secret(entry.substr(0, equals)))
            ::explicit_bzero(*at, entry.size());
        else
            *kept++ = *at;
    }
    *kept = nullptr;
}

} // namespace leasehold::helper
