// YAML as a tree that remembers where in the text each node stood (libyaml's marks).
#pragma once

#include "src/base/error.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold {

struct YamlMark {
    std::size_t offset = 0; // bytes from the start of the text
    std::size_t line = 1;   // from 1
    std::size_t column = 1; // from 1, in characters
};

// One node. Aliases are resolved to copies of what they name (`alias` is then true and the marks
// are those of the alias itself).
struct YamlNode {
    enum class Kind { scalar, sequence, mapping };
    struct Member; // first and second: the key and the value

    Kind kind = Kind::scalar;
    std::string scalar; // a scalar's text, unquoted; the bytes that a !!binary one stands for
    bool plain = false; // a scalar without quotes: null, true and numbers are plain
    bool flow = false;  // a sequence or mapping in JSON style
    bool alias = false;
    std::string anchor;          // its own anchor's name, if any
    std::string tag;             // an explicit tag, if any
    std::vector<YamlNode> items; // of a sequence
    std::vector<Member> members; // of a mapping, in order
    YamlMark start;
    YamlMark end; // as libyaml gives it; for block collections past white space

    [[nodiscard]] bool is_mapping() const { return kind == Kind::mapping; }
    [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
    [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
    // A plain, empty, `~` or `null` scalar.
    [[nodiscard]] bool is_null() const;
    // A merge key: what the mappings under it hold counts as held by the mapping it stands in.
    [[nodiscard]] bool is_merge_key() const { return plain && tag.empty() && scalar == "<<"; }
    // The value under a scalar key of a mapping, merge keys followed, or null. What stands last
    // wins, as in go-yaml, which kubectl uses.
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
    // The text of the scalar under `key`, or "" when it is missing, null or no scalar.
    [[nodiscard]] std::string_view text(std::string_view key) const;
    // True if one of YAML 1.1's words for it stands under `key`: true, yes, on, y.
    [[nodiscard]] bool truth(std::string_view key) const;
};

struct YamlNode::Member {
    YamlNode first;
    YamlNode second;
};

enum class YamlDuplicates { refuse, keep };

// Which of several documents are read: one, beside which only empty ones may stand, or the first,
// whatever comes behind it, as kubectl does.
enum class YamlDocuments { one, first };

struct YamlOptions {
    std::size_t limit = 4 << 20; // bytes of text
    std::size_t depth = 64;
    // Nodes beyond one for each four bytes of text; and those that anchors and aliases may copy
    // beyond one for each eight bytes: no billion laughs. The bytes they copy are as many as the
    // text has, and `copied` more.
    std::size_t nodes = 200'000;
    std::size_t copied = 4 << 20;
    YamlDuplicates duplicates = YamlDuplicates::refuse;
    YamlDocuments documents = YamlDocuments::one;
    bool aliases = true; // false: anchors and aliases are errors
};

// Parses a UTF-8 text; an empty one is an empty (null) scalar.
// Errors have ErrorCode::configuration and read "NAME:LINE:COLUMN: what is wrong".
[[nodiscard]] Result<YamlNode> parse_yaml(std::string_view text, std::string_view name,
                                          const YamlOptions& options = {});

// "NAME:LINE:COLUMN", for messages about a node.
[[nodiscard]] std::string yaml_position(std::string_view name, const YamlMark& mark);

} // namespace leasehold
