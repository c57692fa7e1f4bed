#include "src/base/yaml_scalar.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace leasehold {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

// Words that YAML 1.1 readers, go-yaml among them, take for a boolean or null.
bool is_reserved_word(std::string_view text) {
    constexpr std::array<std::string_view, 11> words = {"",   "~",   "y",    "n",     "yes", "no",
                                                        "on", "off", "true", "false", "null"};
    return std::find(words.begin(), words.end(), lower(text)) != words.end();
}

// Anything that might be a number, sexagesimal and 0b, 0o, 0x forms included, or a date.
bool looks_like_a_number(std::string_view text) {
    std::string bare;
    for (const char c : lower(text)) {
        if (c != '_' && c != '+')
            bare.push_back(c);
    }
    char* end = nullptr;
    (void)std::strtod(bare.c_str(), &end);
    if (!bare.empty() && end == bare.c_str() + bare.size())
        return true;
    if (bare == ".inf" || bare == "-.inf" || bare == ".nan")
        return true;
    const std::string_view digits = bare.starts_with("-") ? std::string_view(bare).substr(1) : bare;
    if (digits.starts_with("0b") || digits.starts_with("0o") || digits.starts_with("0x"))
        return true;
    const bool starts = !digits.empty() && is_digit(digits.front());
    const bool only = digits.find_first_not_of("0123456789:.") == std::string_view::npos;
    const bool clock = starts && only && digits.find(':') != std::string_view::npos;
    const bool date = digits.size() >= 8 &&
                      std::all_of(digits.begin(), digits.begin() + 4, is_digit) && digits[4] == '-';
    return clock || date;
}

bool is_plainly_safe(std::string_view text) {
    const bool option = text.size() > 2 && text.starts_with("--") && is_letter(text[2]);
    const bool start = !text.empty() && (is_letter(text.front()) || text.front() == '/' || option);
    const auto safe = [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view("_./:@+=-").find(c) != std::string_view::npos;
    };
    return start && std::all_of(text.begin(), text.end(), safe) && text.back() != ':' &&
           yaml_reads_as_text(text);
}

} // namespace

bool yaml_reads_as_text(std::string_view plain) {
    return !is_reserved_word(plain) && !looks_like_a_number(plain);
}

std::string yaml_scalar(std::string_view text) {
    // A JSON string is a YAML double-quoted scalar.
    return is_plainly_safe(text) ? std::string(text) : json_made_visible(json_quote(text));
}

} // namespace leasehold
