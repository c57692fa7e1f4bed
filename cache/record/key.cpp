#include "cache/record/key.hpp"

#include "src/base/digest.hpp"

#include <algorithm>

namespace leasehold::cache {
namespace {

constexpr std::string_view version = "leasehold-key:1";
constexpr std::size_t longest_part = 200;
constexpr std::size_t longest_material = 32 * 1024;

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

// The letter tells the form, so that a text that looks like another's hash stays apart from it:
// t the text itself, x its bytes in hex, h the SHA-256 of a long one.
std::string encode(std::string_view part) {
    char form = 't';
    std::string text(part);
    if (part.size() > longest_part) {
        form = 'h';
        text = sha256_hex(part);
    } else if (!is_printable(part)) {
        form = 'x';
        text = hex(part);
    }
    return form + std::to_string(text.size()) + ':' + text;
}

} // namespace

CacheKey::CacheKey(std::string material)
    : material_(std::move(material)), digest_hex_(sha256_hex(material_)) {}

CacheKey CacheKey::of(const Fields& fields) {
    std::string material(version);
    for (const auto& [name, value] : fields)
        material += ';' + encode(name) + '=' + encode(value);
    return CacheKey(std::move(material));
}

std::optional<CacheKey> CacheKey::from_material(std::string_view material) {
    const bool ours = material.starts_with(version) &&
                      (material.size() == version.size() || material[version.size()] == ';');
    if (!ours || material.size() > longest_material || !is_printable(material))
        return std::nullopt;
    return CacheKey(std::string(material));
}

bool CacheKey::is_spare() const {
    static const std::string beginning = of({{"kind", "session"}}).material() + ';';
    return (material_ + ';').starts_with(beginning);
}

bool is_key_digest(std::string_view text) {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace leasehold::cache
