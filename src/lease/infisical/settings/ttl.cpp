#include "src/lease/infisical/settings/ttl.hpp"

#include "src/base/hostile_text.hpp"

#include <array>
#include <cmath>
#include <cstdlib>

namespace leasehold::lease::infisical {
namespace {

constexpr double second = 1000;
constexpr double day = 24 * 3600 * second;

struct Unit {
    std::string_view name;
    double milliseconds;
};

// https://www.npmjs.com/package/ms
constexpr std::array<Unit, 32> units{{
    {"", 1},
    {"ms", 1},
    {"msec", 1},
    {"msecs", 1},
    {"millisecond", 1},
    {"milliseconds", 1},
    {"s", second},
    {"sec", second},
    {"secs", second},
    {"second", second},
    {"seconds", second},
    {"m", 60 * second},
    {"min", 60 * second},
    {"mins", 60 * second},
    {"minute", 60 * second},
    {"minutes", 60 * second},
    {"h", 3600 * second},
    {"hr", 3600 * second},
    {"hrs", 3600 * second},
    {"hour", 3600 * second},
    {"hours", 3600 * second},
    {"d", day},
    {"day", day},
    {"days", day},
    {"w", 7 * day},
    {"week", 7 * day},
    {"weeks", 7 * day},
    {"y", 365.25 * day},
    {"yr", 365.25 * day},
    {"yrs", 365.25 * day},
    {"year", 365.25 * day},
    {"years", 365.25 * day},
}};

std::optional<double> unit_of(std::string_view name) {
    std::string folded(name);
    for (char& c : folded)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const Unit& unit : units)
        if (unit.name == folded)
            return unit.milliseconds;
    return std::nullopt;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The length of a decimal number at the front: digits with at most one dot, a digit at its end.
std::size_t number_length(std::string_view text) {
    std::size_t at = 0;
    bool dot = false;
    while (at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !dot)))
        dot = text[at++] == '.' || dot;
    return at > 0 && is_digit(text[at - 1]) ? at : 0;
}

} // namespace

std::optional<Milliseconds> parse_ms(std::string_view text) {
    const std::size_t length = number_length(text);
    if (length == 0 || text.size() > 100)
        return std::nullopt;
    const double number = std::strtod(std::string(text.substr(0, length)).c_str(), nullptr);
    std::string_view rest = text.substr(length);
    while (rest.starts_with(' '))
        rest.remove_prefix(1);
    const auto unit = unit_of(rest);
    if (!unit || (rest.empty() && text.size() != length) || number * *unit > 1e15)
        return std::nullopt;
    return Milliseconds(static_cast<std::int64_t>(std::floor(number * *unit + 0.5)));
}

std::string wire_ttl(Seconds ttl) {
    const std::int64_t seconds = ttl.count();
    if (seconds == 0)
        return {};
    const bool kubelets = seconds == 3607 || seconds == 3608;
    return std::to_string(kubelets ? 3606 : seconds) + 's';
}

Result<Seconds> check_definition_ttl(std::string_view text, std::string_view what) {
    const auto parsed = parse_ms(text);
    if (!parsed)
        return make_error(ErrorCode::usage,
                          std::string(what) + ' ' + quoted(text, 80) + " is no TTL of Infisical's",
                          "one number and one unit, such as 90m, 8h or 30d; not 1h30m");
    if (*parsed < Seconds(60) || *parsed > longest_ttl)
        return make_error(ErrorCode::usage,
                          std::string(what) + ' ' + quoted(text, 80) +
                              " is not between 1 minute and 10 years",
                          text.find_first_not_of("0123456789.") == std::string_view::npos
                              ? "a number without a unit counts milliseconds"
                              : "");
    return std::chrono::duration_cast<Seconds>(*parsed);
}

} // namespace leasehold::lease::infisical
