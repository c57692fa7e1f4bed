// Reads a YAML mapping field by field against a schema: each key known, each value of its type,
// the first mistake kept with its line and column.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/yaml.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::lease {

// What the sections of one document share.
struct SettingsContext {
    std::string file;                           // for messages
    std::optional<Error> error;                 // the first mistake
    std::map<std::string, std::string> origins; // path of a key -> "line N"
};

// One mapping. Getters mark their key as known; a missing or null value is empty. After all
// getters have run, finish() reports a key that nobody asked for.
class SettingsSection {
public:
    // `node` may be null (a section that is not there) and must outlive this.
    SettingsSection(SettingsContext& context, const YamlNode* node, std::string path);

    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::optional<bool> boolean(std::string_view key);
    [[nodiscard]] std::optional<Seconds> duration(std::string_view key);
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key);
    // The members of a mapping of texts, in order, whatever they are called.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> members(std::string_view key);
    [[nodiscard]] SettingsSection section(std::string_view key);
    // The mappings of a list, in order.
    [[nodiscard]] std::vector<SettingsSection> sections(std::string_view key);
    // Whether the key is there with a value; it counts as known.
    [[nodiscard]] bool has(std::string_view key);
    void finish();

    // Keeps a mistake in the value of `key` (or in the section, if it is not there).
    void fail(std::string_view key, std::string message, std::string hint = {});
    // The key with the sections above it: "site.auth.method".
    [[nodiscard]] std::string path_of(std::string_view key) const;

private:
    const YamlNode* take(std::string_view key);
    void fail_at(const YamlMark& mark, std::string message, std::string hint = {});

    SettingsContext& context_;
    const YamlNode* node_;
    std::string path_;
    std::set<std::string, std::less<>> known_;
};

} // namespace leasehold::lease
