#include "src/base/base64.hpp"

#include <array>
#include <cstdint>

namespace leasehold {
namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Table = std::array<std::int8_t, 256>;

constexpr Table make_table(std::string_view alphabet) {
    Table table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}

// Decodes text without padding; bits left over must be zero, so that each value has one spelling.
std::optional<std::string> decode(std::string_view text, const Table& table) {
    if (text.size() % 4 == 1)
        return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = table[static_cast<unsigned char>(c)];
        if (value < 0)
            return std::nullopt;
        buffer = (buffer << 6 | static_cast<std::uint32_t>(value)) & 0xffffffu;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<char>(buffer >> bits & 0xffu));
        }
    }
    if ((buffer & ((1u << bits) - 1)) != 0)
        return std::nullopt;
    return bytes;
}

std::string encode(std::string_view bytes, std::string_view alphabet) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            text.push_back(j <= count ? alphabet[group >> (18 - 6 * j) & 63] : '=');
    }
    return text;
}

} // namespace

std::string base64_encode(std::string_view bytes) {
    return encode(bytes, standard_alphabet);
}

std::string base64url_encode(std::string_view bytes) {
    std::string text = encode(bytes, url_alphabet);
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    static constexpr Table table = make_table(standard_alphabet);
    std::string compact;
    compact.reserve(text.size());
    for (const char c : text)
        if (c != '\n' && c != '\r')
            compact.push_back(c);
    if (compact.size() % 4 != 0)
        return std::nullopt;
    for (int i = 0; i < 2 && !compact.empty() && compact.back() == '='; ++i)
        compact.pop_back();
    return decode(compact, table);
}

std::optional<std::string> base64url_decode(std::string_view text) {
    static constexpr Table table = make_table(url_alphabet);
    return decode(text, table);
}

} // namespace leasehold
