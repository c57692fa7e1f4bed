#include "src/lease/identity/ini_section.hpp"

#include "src/base/trim.hpp"

namespace leasehold::lease::identity {

void for_each_in_section(std::string_view text, std::string_view section, const VisitPair& visit) {
    bool inside = false;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.starts_with('[')) {
            inside = line.ends_with(']') && trim(line.substr(1, line.size() - 2)) == section;
            continue;
        }
        const std::size_t sign = line.find('=');
        if (inside && sign != std::string_view::npos && !line.starts_with('#') &&
            !line.starts_with(';'))
            visit(trim(line.substr(0, sign)), trim(line.substr(sign + 1)));
    }
}

} // namespace leasehold::lease::identity
