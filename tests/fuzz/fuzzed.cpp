#include "tests/fuzz/fuzzed.hpp"

#include "src/base/hostile_text.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace leasehold::fuzz {
namespace {

constexpr std::string_view divider = "\n%%\n";

// Takes the first line off `text`, its line feed not included.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

} // namespace

void require(bool holds, std::string_view what) {
    if (holds)
        return;
    (void)std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

void require_safe(const Error& error) {
    require(visible_text(error.message) == error.message, "a message is safe to show");
    require(visible_text(error.hint) == error.hint, "a hint is safe to show");
    require(!error.message.empty(), "an error says what happened");
}

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

std::vector<std::string_view> parts_of(std::string_view input, std::size_t count) {
    std::vector<std::string_view> parts;
    while (parts.size() + 1 < count) {
        const std::size_t at = input.find(divider);
        parts.push_back(input.substr(0, at));
        input.remove_prefix(at == std::string_view::npos ? input.size() : at + divider.size());
    }
    parts.push_back(input);
    return parts;
}

std::int64_t number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc() ? number : 0;
}

http::Response response_of(std::string_view text) {
    http::Response response;
    response.status = static_cast<int>(number_of(take_line(text)) % 1000);
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty())
            break;
        if (const std::size_t colon = line.find(": "); colon != std::string_view::npos)
            response.headers.push_back(
                {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
    }
    response.body = std::string(text);
    return response;
}

} // namespace leasehold::fuzz
