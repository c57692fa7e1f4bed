#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace leasehold {
namespace {

struct Decoded {
    std::uint32_t code_point = 0;
    std::size_t length = 0; // 0: not valid UTF-8
};

Decoded decode_one(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
    };
    const std::uint32_t first = byte(0);
    if (first < 0x80)
        return {first, 1};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length)
        return {};
    std::uint32_t code_point = first & (0xffu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0u) != 0x80u)
            return {};
        code_point = code_point << 6 | (byte(i) & 0x3fu);
    }
    constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (code_point < smallest[length] || code_point > 0x10ffff || surrogate)
        return {};
    return {code_point, length};
}

// Characters that move, hide or reorder what is around them.
bool is_invisible(std::uint32_t c) {
    return (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

std::string escaped_byte(unsigned byte) {
    std::array<char, 8> buffer{};
    (void)std::snprintf(buffer.data(), buffer.size(), "\\x%02x", byte & 0xffu);
    return buffer.data();
}

std::string escaped_code_point(std::uint32_t code_point) {
    std::array<char, 16> buffer{};
    (void)std::snprintf(buffer.data(), buffer.size(), "\\u{%04x}", code_point);
    return buffer.data();
}

// Appends the first character; how many bytes it has.
std::size_t append_visible(std::string& out, std::string_view text) {
    const Decoded decoded = decode_one(text);
    if (decoded.length == 0)
        out += escaped_byte(static_cast<unsigned char>(text.front()));
    else if (decoded.code_point < 0x20 || decoded.code_point == 0x7f)
        out += escaped_byte(decoded.code_point);
    else if (is_invisible(decoded.code_point))
        out += escaped_code_point(decoded.code_point);
    else
        out.append(text.substr(0, decoded.length));
    return std::max<std::size_t>(decoded.length, 1);
}

// As JSON writes it: beyond the first plane as two surrogates (RFC 8259, section 7).
std::string json_code_point(std::uint32_t code_point) {
    std::array<char, 16> buffer{};
    if (code_point < 0x10000) {
        (void)std::snprintf(buffer.data(), buffer.size(), "\\u%04x", code_point);
    } else {
        const std::uint32_t rest = code_point - 0x10000;
        (void)std::snprintf(buffer.data(), buffer.size(), "\\u%04x\\u%04x", 0xd800 + (rest >> 10),
                            0xdc00 + (rest & 0x3ffu));
    }
    return buffer.data();
}

} // namespace

std::string json_made_visible(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t at = 0; at < json.size();) {
        const Decoded decoded = decode_one(json.substr(at));
        if (decoded.length == 0)
            out += json_code_point(0xfffd);
        else if (is_invisible(decoded.code_point))
            out += json_code_point(decoded.code_point);
        else
            out.append(json.substr(at, decoded.length));
        at += decoded.length == 0 ? 1 : decoded.length;
    }
    return out;
}

std::string visible_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\n' || text[at] == '\t')
            out += text[at++];
        else
            at += append_visible(out, text.substr(at));
    }
    return out;
}

std::string hostile_text(std::string_view text, std::size_t limit) {
    while (!text.empty() && (text.front() == '\n' || text.front() == '\r'))
        text.remove_prefix(1);
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    std::string out;
    std::size_t at = 0;
    while (at < line.size() && at < limit)
        at += append_visible(out, line.substr(at));
    const bool more_lines = text.find_first_not_of("\r\n", line.size()) != std::string_view::npos;
    if (at < line.size() || more_lines)
        out += "...";
    return out;
}

std::string quoted(std::string_view text, std::size_t limit) {
    return '"' + hostile_text(text, limit) + '"';
}

std::string shell_word(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain))
        return std::string(text);
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    std::string out = printable ? "'" : "$'";
    for (const char c : text) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (printable)
            out += c == '\'' ? "'\\''" : std::string(1, c);
        else if (c == '\'' || c == '\\')
            out += {'\\', c};
        else if (c >= ' ' && c <= '~')
            out += c;
        else
            out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    return out + '\'';
}

} // namespace leasehold
