// What we write, as a small tree: emitted in block style or as JSON, compared with what stands.
#pragma once

#include "src/base/yaml.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::kubeconfig {

struct Value {
    enum class Kind { text, boolean, list, map };
    using Member = std::pair<std::string, Value>;

    [[nodiscard]] static Value of(std::string_view text);
    [[nodiscard]] static Value of(const char* text) { return of(std::string_view(text)); }
    [[nodiscard]] static Value of(bool truth);
    [[nodiscard]] static Value list(std::vector<Value> items = {});
    [[nodiscard]] static Value map(std::vector<Member> members = {});

    // Adds a member; the text form only if it is not empty.
    void add(std::string_view key, Value value);
    void add_text(std::string_view key, std::string_view text);

    Kind kind = Kind::map;
    std::string text = {};
    bool truth = false;
    std::vector<Value> items = {};
    std::vector<Member> members = {};
};

// "- ..." lines of one element of a block sequence, each with `prefix` in front and `eol` at its
// end. `item` is a map with members.
[[nodiscard]] std::string block_item(const Value& item, std::string_view prefix,
                                     std::string_view eol);

// How JSON in a file is laid out. Not pretty: all on one line.
struct FlowStyle {
    bool pretty = false;
    std::string prefix = {}; // white space in front of the line it starts on
    std::string unit = "  "; // one level deeper
    std::string eol = "\n";
};

[[nodiscard]] std::string flow_text(const Value& value, const FlowStyle& style);

// True if `node` means `value` to a YAML 1.1 reader. Members that are null, and `false` ones that
// `value` does not have, do not count: kubectl writes them out when it rewrites a file.
[[nodiscard]] bool means(const YamlNode& node, const Value& value);

} // namespace leasehold::kubeconfig
