#include "src/base/utf16.hpp"

#include <cstdint>

namespace leasehold {
namespace {

std::uint32_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

std::uint32_t unit_at(std::string_view bytes, std::size_t at, TextEncoding encoding) {
    const bool little = encoding == TextEncoding::utf16_little;
    return byte_at(bytes, little ? at + 1 : at) << 8 | byte_at(bytes, little ? at : at + 1);
}

void append_unit(std::string& out, std::uint32_t unit, TextEncoding encoding) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xff);
    const bool little = encoding == TextEncoding::utf16_little;
    out.push_back(little ? low : high);
    out.push_back(little ? high : low);
}

// The byte that begins a character, and those that go on with six bits each.
void append_utf8(std::string& out, std::uint32_t character) {
    const int more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    constexpr std::uint32_t first_marks[] = {0, 0xc0, 0xe0, 0xf0};
    out.push_back(static_cast<char>(first_marks[more] | character >> (6 * more)));
    for (int left = more - 1; left >= 0; --left)
        out.push_back(static_cast<char>(0x80 | ((character >> (6 * left)) & 0x3f)));
}

// The character at `at`, which is moved behind it.
std::uint32_t take_utf8(std::string_view text, std::size_t& at) {
    const std::uint32_t first = byte_at(text, at++);
    const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    std::uint32_t character = more == 0 ? first : first & (0x3fu >> more);
    for (int left = more; left > 0 && at < text.size(); --left)
        character = character << 6 | (byte_at(text, at++) & 0x3f);
    return character;
}

} // namespace

TextEncoding encoding_of(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE"))
        return TextEncoding::utf16_little;
    return bytes.starts_with("\xFE\xFF") ? TextEncoding::utf16_big : TextEncoding::utf8;
}

std::optional<std::string> to_utf8(std::string_view bytes, TextEncoding encoding) {
    if (encoding == TextEncoding::utf8)
        return std::string(bytes);
    std::string out;
    out.reserve(bytes.size() / 2 + 1);
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        if (bytes.size() - at < 2)
            return std::nullopt;
        std::uint32_t character = unit_at(bytes, at, encoding);
        if (character >= 0xd800 && character < 0xe000) {
            at += 2;
            const std::uint32_t low = bytes.size() - at < 2 ? 0 : unit_at(bytes, at, encoding);
            if (character >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
                return std::nullopt;
            character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
        }
        append_utf8(out, character);
    }
    return out;
}

std::string from_utf8(std::string_view text, TextEncoding encoding) {
    if (encoding == TextEncoding::utf8)
        return std::string(text);
    std::string out;
    out.reserve(2 * text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t character = take_utf8(text, at);
        if (character >= 0x10000) {
            append_unit(out, 0xd800 + ((character - 0x10000) >> 10), encoding);
            append_unit(out, 0xdc00 + ((character - 0x10000) & 0x3ff), encoding);
        } else {
            append_unit(out, character, encoding);
        }
    }
    return out;
}

} // namespace leasehold
