// YAML as the JSON that it stands for.
#pragma once

#include "src/base/yaml.hpp"

#include <boost/json/value.hpp>

namespace leasehold::lease {

// Scalars without quotes are null, true, false and numbers where they look like that (the core
// schema of YAML 1.2, as the Kubernetes API's own reader takes them), all others are text. Keys are
// text; of a key that stands twice the last counts.
[[nodiscard]] boost::json::value json_of(const YamlNode& node);

} // namespace leasehold::lease
