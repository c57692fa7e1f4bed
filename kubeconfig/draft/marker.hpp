// The mark of ownership: the extension `leasehold.dev/owned` of a cluster, user or context (G13).
#pragma once

#include "kubeconfig/draft/value.hpp"
#include "src/base/yaml.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::kubeconfig {

inline constexpr std::string_view marker_extension = "leasehold.dev/owned";
inline constexpr std::string_view list_was_key = "list-was";
inline constexpr std::string_view current_was_key = "current-was";
inline constexpr std::string_view moved_to_key = "moved-to";

// What `list-was` and `current-was` say. The key was missing; it and all others were missing; or
// it was there, and this character is followed by the bytes that stood behind its colon.
inline constexpr std::string_view absent_word = "absent";
inline constexpr std::string_view empty_file_word = "empty-file";
inline constexpr char text_word = '=';
inline constexpr char dangling_word = '!'; // of current-was: named a context that was not there

struct Marker {
    std::string profile;
    // The form of the list before our first element; empty if it had elements or was bare.
    std::optional<std::string> list_was = {};
    // Of contexts: current-context before it was pointed here.
    std::optional<std::string> current_was = {};
    // Of contexts: the name that what stood under this name has since.
    std::optional<std::string> moved_to = {};
};

// The value of the `extensions` list with this marker in it.
[[nodiscard]] Value extensions_with(const Marker& marker);

// The marker's mapping inside the body of a cluster, user or context, or null.
[[nodiscard]] const YamlNode* marker_node(const YamlNode& body);

// Empty if the body is not ours.
[[nodiscard]] std::optional<Marker> read_marker(const YamlNode& body);

// The one scalar, null or empty list that remembered bytes stand for; empty if they are anything
// else (somebody may have edited the marker) or would not fit behind a key on one line.
[[nodiscard]] std::optional<YamlNode> remembered_value(std::string_view was);

} // namespace leasehold::kubeconfig
