#include "src/lease/identity/ini_section.hpp"

namespace leasehold::lease::identity {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r";
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

} // namespace

void for_each_in_section(std::string_view text, std::string_view section, const VisitPair& visit) {
    bool inside = false;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.starts_with('[')) {
            inside = line.ends_with(']') && trimmed(line.substr(1, line.size() - 2)) == section;
            continue;
        }
        const std::size_t sign = line.find('=');
        if (inside && sign != std::string_view::npos && !line.starts_with('#') &&
            !line.starts_with(';'))
            visit(trimmed(line.substr(0, sign)), trimmed(line.substr(sign + 1)));
    }
}

} // namespace leasehold::lease::identity
