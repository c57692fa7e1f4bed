#include "cache/record/named_lines.hpp"

#include <algorithm>
#include <charconv>

namespace leasehold::cache {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

bool stands_for_itself(char c) {
    return c >= 0x20 && c <= 0x7e && c != '%';
}

void append_escaped(std::string& to, std::string_view value) {
    for (const char c : value) {
        if (stands_for_itself(c)) {
            to.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        to.push_back('%');
        to.push_back(digits[byte >> 4]);
        to.push_back(digits[byte & 15]);
    }
}

// The byte that "XX" at the front of `text` stands for, if that byte has to be escaped.
std::optional<char> escaped_byte(std::string_view text) {
    if (text.size() < 2)
        return std::nullopt;
    const std::size_t high = digits.find(text[0]);
    const std::size_t low = digits.find(text[1]);
    if (high == std::string_view::npos || low == std::string_view::npos)
        return std::nullopt;
    const auto byte = static_cast<char>(high << 4 | low);
    return stands_for_itself(byte) ? std::nullopt : std::optional(byte);
}

} // namespace

void append_line(std::string& to, std::string_view name, std::string_view value) {
    to.append(name).push_back(' ');
    append_escaped(to, value);
    to.push_back('\n');
}

void append_line(std::string& to, std::string_view name, std::int64_t value) {
    append_line(to, name, std::to_string(value));
}

std::size_t line_size(std::string_view name, std::string_view value) {
    const auto escapes = static_cast<std::size_t>(
        std::count_if(value.begin(), value.end(), [](char c) { return !stands_for_itself(c); }));
    return name.size() + 1 + value.size() + 2 * escapes + 1;
}

std::optional<std::string_view> LineReader::raw(std::string_view name) {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos || end <= name.size() ||
        rest_.substr(0, name.size()) != name || rest_[name.size()] != ' ')
        return std::nullopt;
    const std::string_view value = rest_.substr(name.size() + 1, end - name.size() - 1);
    rest_.remove_prefix(end + 1);
    return value;
}

std::optional<std::string> LineReader::text(std::string_view name) {
    const auto value = raw(name);
    return value ? unescape(*value) : std::nullopt;
}

std::optional<std::int64_t> LineReader::number(std::string_view name, std::int64_t most) {
    const auto value = raw(name);
    if (!value || value->empty() || (value->size() > 1 && value->front() == '0'))
        return std::nullopt;
    std::int64_t number = 0;
    const char* const end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    if (error != std::errc() || stop != end || number < 0 || number > most)
        return std::nullopt;
    // from_chars takes "-0", which is not how we write it.
    return value->front() == '-' ? std::nullopt : std::optional(number);
}

std::optional<std::string> unescape(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    while (!text.empty()) {
        // Nearly all of it stands for itself, and goes over in one piece.
        const auto* const stop = std::find_if_not(text.begin(), text.end(), stands_for_itself);
        bytes.append(text.begin(), stop);
        text.remove_prefix(static_cast<std::size_t>(stop - text.begin()));
        if (text.empty())
            break;
        const auto byte =
            text.front() == '%' ? escaped_byte(text.substr(1)) : std::optional<char>();
        if (!byte)
            return std::nullopt;
        bytes.push_back(*byte);
        text.remove_prefix(3);
    }
    return bytes;
}

} // namespace leasehold::cache
