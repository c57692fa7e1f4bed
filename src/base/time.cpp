#include "src/base/time.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace leasehold {
namespace {

constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::int64_t longest_duration = 10LL * 365 * 86400;
constexpr UnixTime last_second = 253402300799; // 9999-12-31T23:59:59Z

// Exactly `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size())
        return -1;
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

// Written by hand: a hit should not pay for printf's start.
void put_digits(std::string& text, std::size_t at, std::size_t count, int value) {
    for (; count > 0; --count, value /= 10)
        text[at + count - 1] = static_cast<char>('0' + value % 10);
}

bool in_range(int value, int low, int high) {
    return value >= low && value <= high;
}

std::optional<UnixTime> from_fields(int year, int month, int day, int hour, int minute,
                                    int second) {
    using namespace std::chrono;
    if (!in_range(year, 1, 9999) || !in_range(month, 1, 12) || !in_range(hour, 0, 23) ||
        !in_range(minute, 0, 59) || !in_range(second, 0, 60)) // 60: a leap second
        return std::nullopt;
    const year_month_day date{std::chrono::year(year),
                              std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(std::max(day, 0)))};
    if (!date.ok())
        return std::nullopt;
    const std::int64_t days = sys_days(date).time_since_epoch().count();
    return days * 86400 + hour * 3600 + minute * 60 + std::min(second, 59);
}

// "Z", "z" or "+hh:mm" / "-hh:mm" as seconds east of UTC.
std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z")
        return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    const int hours = digits(text, 1, 2);
    const int minutes = digits(text, 4, 2);
    if (!in_range(hours, 0, 23) || !in_range(minutes, 0, 59))
        return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

std::int64_t unit_seconds(char unit) {
    switch (unit) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return 86400;
    default:
        return 0;
    }
}

} // namespace

std::optional<UnixTime> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const auto local = from_fields(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2),
                                   digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2));
    text.remove_prefix(19);
    if (text.front() == '.') {
        const std::size_t end = text.find_first_not_of("0123456789", 1);
        if (end == 1 || end == std::string_view::npos)
            return std::nullopt;
        text.remove_prefix(end);
    }
    const auto offset = parse_offset(text);
    if (!local || !offset)
        return std::nullopt;
    return *local - *offset;
}

std::string format_rfc3339(UnixTime time) {
    using namespace std::chrono;
    time = std::clamp<UnixTime>(time, 0, last_second);
    const sys_days day(days(time / 86400));
    const year_month_day date(day);
    const auto rest = static_cast<int>(time % 86400);
    std::string text = "0000-00-00T00:00:00Z";
    put_digits(text, 0, 4, static_cast<int>(date.year()));
    put_digits(text, 5, 2, static_cast<int>(static_cast<unsigned>(date.month())));
    put_digits(text, 8, 2, static_cast<int>(static_cast<unsigned>(date.day())));
    put_digits(text, 11, 2, rest / 3600);
    put_digits(text, 14, 2, rest / 60 % 60);
    put_digits(text, 17, 2, rest % 60);
    return text;
}

std::string format_http_date(UnixTime time) {
    constexpr std::string_view week = "SunMonTueWedThuFriSat";
    const std::string plain = format_rfc3339(time); // 1994-11-06T08:49:37Z
    const auto month = static_cast<std::size_t>(digits(plain, 5, 2)) - 1;
    const UnixTime day = std::clamp<UnixTime>(time, 0, last_second) / 86400;
    const auto weekday = static_cast<std::size_t>((day + 4) % 7); // the first was a Thursday
    return std::string(week.substr(weekday * 3, 3)) + ", " + plain.substr(8, 2) + ' ' +
           std::string(months.substr(month * 3, 3)) + ' ' + plain.substr(0, 4) + ' ' +
           plain.substr(11, 8) + " GMT";
}

std::optional<UnixTime> parse_http_date(std::string_view text) {
    // Sun, 06 Nov 1994 08:49:37 GMT
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT")
        return std::nullopt;
    const std::size_t month = months.find(text.substr(8, 3));
    if (month == std::string_view::npos || month % 3 != 0 || text[19] != ':' || text[22] != ':')
        return std::nullopt;
    return from_fields(digits(text, 12, 4), static_cast<int>(month / 3) + 1, digits(text, 5, 2),
                       digits(text, 17, 2), digits(text, 20, 2), digits(text, 23, 2));
}

std::optional<Seconds> parse_duration(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    std::int64_t total = 0;
    std::int64_t last_unit = longest_duration;
    while (!text.empty()) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || text.front() == '-' || number > longest_duration)
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        // A bare number is seconds, but only when it stands alone.
        const bool bare = text.empty() && last_unit == longest_duration;
        const std::int64_t unit = bare ? 1 : text.empty() ? 0 : unit_seconds(text.front());
        if (unit == 0 || unit >= last_unit)
            return std::nullopt;
        if (!bare)
            text.remove_prefix(1);
        last_unit = unit;
        total += number * unit;
        if (total > longest_duration)
            return std::nullopt;
    }
    return Seconds(total);
}

std::string format_duration(Seconds duration) {
    std::int64_t left = duration.count();
    if (left <= 0)
        return "0s";
    std::string text;
    for (const char unit : {'d', 'h', 'm', 's'}) {
        // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): these four have seconds
        const std::int64_t count = left / unit_seconds(unit);
        left %= unit_seconds(unit);
        if (count != 0)
            text += std::to_string(count) + unit;
    }
    return text;
}

} // namespace leasehold
