#include "src/http/concealed.hpp"

#include <algorithm>

namespace leasehold::http {
namespace {

constexpr std::size_t shortest = 8;
constexpr std::size_t telling = 16; // bytes of a beginning that are no accident
constexpr std::string_view in_place = "(what was sent)";

} // namespace

void conceal(std::string& text, const Secret& secret) {
    const std::string_view all = secret.reveal();
    if (all.size() < shortest)
        return;
    const std::string_view start = all.substr(0, telling);
    for (std::size_t at = 0; (at = text.find(start, at)) != std::string::npos;) {
        const auto [end, rest] = std::mismatch(text.begin() + static_cast<std::ptrdiff_t>(at),
                                               text.end(), all.begin(), all.end());
        const auto length = static_cast<std::size_t>(rest - all.begin());
        text.replace(at, length, in_place);
        at += in_place.size();
    }
}

} // namespace leasehold::http
