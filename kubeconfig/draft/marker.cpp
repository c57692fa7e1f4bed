#include "kubeconfig/draft/marker.hpp"

#include <algorithm>

namespace leasehold::kubeconfig {
namespace {

std::optional<std::string> optional_text(const YamlNode& map, std::string_view key) {
    const YamlNode* node = map.find(key);
    if (node == nullptr || !node->is_scalar() || node->is_null())
        return std::nullopt;
    return node->scalar;
}

} // namespace

Value extensions_with(const Marker& marker) {
    Value content = Value::map();
    // In the order in which kubectl sorts them.
    if (marker.current_was)
        content.add(current_was_key, Value::of(*marker.current_was));
    if (marker.list_was)
        content.add(list_was_key, Value::of(*marker.list_was));
    if (marker.moved_to)
        content.add(moved_to_key, Value::of(*marker.moved_to));
    content.add("profile", Value::of(marker.profile));
    content.add("version", Value::of("1"));
    Value extension = Value::map();
    extension.add("extension", std::move(content));
    extension.add("name", Value::of(marker_extension));
    return Value::list({std::move(extension)});
}

const YamlNode* marker_node(const YamlNode& body) {
    const YamlNode* extensions = body.find("extensions");
    if (extensions == nullptr || !extensions->is_sequence())
        return nullptr;
    for (const YamlNode& one : extensions->items) {
        const YamlNode* content = one.find("extension");
        if (one.text("name") == marker_extension && content != nullptr && content->is_mapping())
            return content;
    }
    return nullptr;
}

std::optional<Marker> read_marker(const YamlNode& body) {
    const YamlNode* node = marker_node(body);
    if (node == nullptr)
        return std::nullopt;
    return Marker{std::string(node->text("profile")), optional_text(*node, list_was_key),
                  optional_text(*node, current_was_key), optional_text(*node, moved_to_key)};
}

std::optional<YamlNode> remembered_value(std::string_view was) {
    if (!was.starts_with(text_word) && !was.starts_with(dangling_word))
        return std::nullopt;
    std::string_view bytes = was.substr(1);
    if (bytes.find('\n') != std::string_view::npos)
        return std::nullopt;
    // A tab in front is fine behind a key, but not at the start of a text.
    bytes.remove_prefix(std::min(bytes.size(), bytes.find_first_not_of(" \t")));
    auto value = parse_yaml(bytes, marker_extension, {.aliases = false});
    if (!value || value->is_mapping() || !value->items.empty() || !value->tag.empty())
        return std::nullopt;
    return *std::move(value);
}

} // namespace leasehold::kubeconfig
