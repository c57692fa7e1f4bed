#include "kubeconfig/draft/geometry.hpp"

#include <algorithm>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view white_space = " \t";

// Past white space, line breaks and comments: all that stands between two block elements.
std::size_t skip_to_token(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
        if (at == text.size() || text[at] != '#')
            return at;
        at = std::min(text.find('\n', at), text.size());
    }
    return at;
}

} // namespace

std::size_t line_start(std::string_view text, std::size_t at) {
    const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    if (before != std::string_view::npos)
        return before + 1;
    return text.starts_with(byte_order_mark) ? std::min(at, byte_order_mark.size()) : 0;
}

std::size_t line_end(std::string_view text, std::size_t at) {
    if (at > 0 && text[at - 1] == '\n')
        return at;
    const std::size_t newline = text.find('\n', at);
    return newline == std::string_view::npos ? text.size() : newline + 1;
}

std::string_view line_prefix(std::string_view text, std::size_t at) {
    const std::size_t start = line_start(text, at);
    const std::size_t content = std::min(text.find_first_not_of(white_space, start), text.size());
    return slice(text, start, content);
}

bool first_on_line(std::string_view text, std::size_t at) {
    const std::size_t start = line_start(text, at);
    return slice(text, start, at).find_first_not_of(white_space) == std::string_view::npos;
}

std::string_view line_break_of(std::string_view text) {
    const std::size_t newline = text.find('\n');
    const bool carriage =
        newline != std::string_view::npos && newline > 0 && text[newline - 1] == '\r';
    return carriage ? "\r\n" : "\n";
}

std::size_t content_start(std::string_view text, const YamlNode& node) {
    std::size_t at = node.start.offset;
    const bool bare = node.alias || (node.anchor.empty() && node.tag.empty());
    while (!bare && at < text.size() && (text[at] == '&' || text[at] == '!'))
        at = skip_to_token(text, std::min(text.find_first_of(" \t\r\n", at), text.size()));
    return at;
}

std::size_t content_end(const YamlNode& node) {
    if (node.is_scalar() || node.flow || node.alias)
        return node.end.offset;
    if (node.is_sequence() && !node.items.empty())
        return content_end(node.items.back());
    if (node.is_mapping() && !node.members.empty())
        return std::max(node.members.back().first.end.offset,
                        content_end(node.members.back().second));
    return node.start.offset;
}

std::optional<std::size_t> colon_of(std::string_view text, const YamlNode& key) {
    const std::size_t at = text.find_first_not_of(white_space, key.end.offset);
    if (at == std::string_view::npos || text[at] != ':')
        return std::nullopt;
    return at;
}

std::optional<std::size_t> dash_of(std::string_view text, const YamlNode& list, std::size_t index) {
    const std::size_t at = index == 0 ? content_start(text, list)
                                      : skip_to_token(text, content_end(list.items[index - 1]));
    if (at >= text.size() || text[at] != '-')
        return std::nullopt;
    return at;
}

std::string_view slice(std::string_view text, std::size_t begin, std::size_t end) {
    return begin >= end ? std::string_view() : text.substr(begin, end - begin);
}

} // namespace leasehold::kubeconfig
