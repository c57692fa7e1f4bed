#include "helper/terminal/help_text.hpp"

#include "helper/terminal/text.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace leasehold::helper {

std::size_t help_width() {
    const std::size_t width = terminal_width();
    return width == 0 ? 100 : std::clamp<std::size_t>(width, 40, 120);
}

std::string wrapped(const std::string& text, const std::string& indent) {
    if (terminal_width() == 0)
        return text + '\n';
    std::string out;
    std::string line;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (!line.empty() && line.size() + 1 + word.size() >= help_width()) {
            out += line + '\n';
            line = indent + word;
        } else {
            line += (line.empty() ? "" : " ") + word;
        }
    }
    return out + line + '\n';
}

std::string value_word(std::string_view name) {
    if (name.ends_with("-file") || name.ends_with("kubeconfig") ||
        name.find("certificate") != name.npos || name.ends_with("-key"))
        return "FILE";
    for (const auto& [end, word] : {std::pair<std::string_view, const char*>{"ttl", "DURATION"},
                                    {"deadline", "DURATION"},
                                    {"profile", "NAME"},
                                    {"context", "CONTEXT"},
                                    {"namespace", "NAMESPACE"},
                                    {"server", "URL"},
                                    {"url", "URL"},
                                    {"account", "NAME"}})
        if (name.ends_with(end))
            return word;
    return "VALUE";
}

} // namespace leasehold::helper
