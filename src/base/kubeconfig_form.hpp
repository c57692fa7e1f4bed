// What makes a text a kubeconfig, for those who read one and those who edit one.
#pragma once

#include "src/base/error.hpp"
#include "src/base/yaml.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace leasehold {

// Bytes. Ten thousand clusters with client certificates take 20 MB.
inline constexpr std::size_t longest_kubeconfig = 64 << 20;

// Parses a kubeconfig's bytes as kubectl reads them: UTF-8, or UTF-16 with a byte order mark; the
// first document of several; of a key that stands twice the last one. A text without content is a
// null node. Errors have ErrorCode::configuration and name the place, or say that it is a file of
// another kind.
[[nodiscard]] Result<YamlNode> read_kubeconfig_yaml(std::string_view bytes, std::string_view name);

// Refuses what says that it is something else: a Deployment, a Secret, another version.
[[nodiscard]] Result<void> check_kubeconfig_kind(const YamlNode& document, std::string_view name);

} // namespace leasehold
