// Where things stand in a YAML text: lines, dashes, colons and the real ends of nodes.
#pragma once

#include "src/base/yaml.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace leasehold::kubeconfig {

// The start of the line that holds `at`, a byte order mark not being part of it.
[[nodiscard]] std::size_t line_start(std::string_view text, std::size_t at);

// Past the line break of the line that ends with or after `at`; `at` itself when it stands right
// behind a line break, where the marks of block scalars end.
[[nodiscard]] std::size_t line_end(std::string_view text, std::size_t at);

// The white space in front of the line that holds `at`.
[[nodiscard]] std::string_view line_prefix(std::string_view text, std::size_t at);

// True if there is only white space between the start of the line and `at`.
[[nodiscard]] bool first_on_line(std::string_view text, std::size_t at);

// "\r\n" if the first line ends so, else "\n".
[[nodiscard]] std::string_view line_break_of(std::string_view text);

// Where the node begins behind its anchor and tag.
[[nodiscard]] std::size_t content_start(std::string_view text, const YamlNode& node);

// The end of the node's last byte of content. (libyaml ends block collections where the next
// token starts, past comments and empty lines.)
[[nodiscard]] std::size_t content_end(const YamlNode& node);

// The offset of the colon behind a key, on its line; empty for `? key` and the like.
[[nodiscard]] std::optional<std::size_t> colon_of(std::string_view text, const YamlNode& key);

// The offset of the dash of a block sequence's element.
[[nodiscard]] std::optional<std::size_t> dash_of(std::string_view text, const YamlNode& list,
                                                 std::size_t index);

[[nodiscard]] std::string_view slice(std::string_view text, std::size_t begin, std::size_t end);

} // namespace leasehold::kubeconfig
