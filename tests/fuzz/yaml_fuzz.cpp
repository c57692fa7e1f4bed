// YAML as users, plugins and kubeconfigs have it: marks lie inside the text, whatever it says.
#include "src/base/yaml.hpp"
#include "src/lease/kubeconfig_user/yaml_json.hpp"
#include "tests/fuzz/fuzzed.hpp"

#include <boost/json/serialize.hpp>

using namespace leasehold;

namespace {

void look_at(const YamlNode& node, std::size_t size) {
    fuzz::require(node.start.offset <= node.end.offset && node.end.offset <= size,
                  "a mark lies inside the text");
    if (node.alias)
        return; // copies have the marks of what they copy
    for (const YamlNode& item : node.items)
        look_at(item, size);
    for (const YamlNode::Member& member : node.members) {
        look_at(member.first, size);
        look_at(member.second, size);
    }
}

void read(std::string_view text, const YamlOptions& options) {
    const auto root = parse_yaml(text, "input", options);
    fuzz::require_safe(root);
    if (!root)
        return;
    look_at(*root, text.size());
    (void)boost::json::serialize(lease::json_of(*root));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    read(text, {});
    read(text, {.duplicates = YamlDuplicates::keep, .documents = YamlDocuments::first});
    read(text, {.aliases = false});
    return 0;
}
