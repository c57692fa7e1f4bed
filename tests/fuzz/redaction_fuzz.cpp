// What is shown of a kubeconfig: a user's secrets never, however they are written.
#include "kubeconfig/show/diff.hpp"
#include "src/base/kubeconfig_form.hpp"
#include "src/base/yaml.hpp"
#include "tests/fuzz/fuzzed.hpp"

#include <algorithm>
#include <array>

using namespace leasehold;

namespace {

// Stands for a secret wherever the input has it.
constexpr std::string_view canary = "S3cr3tC4n4ry";
constexpr std::array<std::string_view, 6> secret_keys = {
    "token", "password", "client-key-data", "value", "refresh-token", "id-token"};

std::size_t count(std::string_view text) {
    std::size_t found = 0;
    for (std::size_t at = text.find(canary); at != std::string_view::npos;
         at = text.find(canary, at + canary.size()))
        ++found;
    return found;
}

// How many canaries are values under a secret's key, below `node`.
std::size_t secrets(const YamlNode& node, bool secret) {
    if (node.alias)
        return 0;
    if (node.is_scalar())
        return secret ? count(node.scalar) : 0;
    std::size_t found = 0;
    for (const YamlNode& item : node.items)
        found += secrets(item, secret);
    for (const YamlNode::Member& member : node.members)
        found +=
            secrets(member.second, secret || std::find(secret_keys.begin(), secret_keys.end(),
                                                       member.first.scalar) != secret_keys.end());
    return found;
}

// The canaries below users[*].user that stand where secrets do.
std::size_t secrets_of_users(const YamlNode& root) {
    std::size_t found = 0;
    if (const YamlNode* users = root.find("users"); users != nullptr && users->is_sequence())
        for (const YamlNode& user : users->items)
            if (const YamlNode* body = user.find("user"); body != nullptr && !user.alias)
                found += secrets(*body, false);
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::text_of(data, size));
    const std::string shown = kubeconfig::redacted(text);
    const std::string difference = kubeconfig::unified_diff(text, text + "# more\n", "config");
    const auto root = read_kubeconfig_yaml(text, "config");
    if (root && count(text) > 0 && secrets_of_users(*root) == count(text)) {
        fuzz::require(count(shown) == 0, "no secret of a user is shown");
        fuzz::require(count(difference) == 0, "nor in a difference");
    }
    return 0;
}
