#include "kubeconfig/draft/value.hpp"

#include "src/base/json.hpp"
#include "src/base/yaml_scalar.hpp"

#include <algorithm>

namespace leasehold::kubeconfig {
namespace {

void emit_members(std::string& out, const Value& map, const std::string& indent,
                  std::string_view eol);

void emit_list(std::string& out, const Value& list, const std::string& indent,
               std::string_view eol) {
    for (const Value& item : list.items) {
        if (item.kind == Value::Kind::map)
            out += block_item(item, indent, eol);
        else
            out.append(indent).append("- ").append(yaml_scalar(item.text)).append(eol);
    }
}

void emit_member(std::string& out, const Value& value, const std::string& indent,
                 std::string_view eol) {
    switch (value.kind) {
    case Value::Kind::text:
        out.append(" ").append(yaml_scalar(value.text)).append(eol);
        return;
    case Value::Kind::boolean:
        out.append(value.truth ? " true" : " false").append(eol);
        return;
    case Value::Kind::list:
        out.append(value.items.empty() ? " []" : "").append(eol);
        emit_list(out, value, indent, eol);
        return;
    case Value::Kind::map:
        out.append(value.members.empty() ? " {}" : "").append(eol);
        emit_members(out, value, indent + "  ", eol);
        return;
    }
}

void emit_members(std::string& out, const Value& map, const std::string& indent,
                  std::string_view eol) {
    for (const auto& [key, value] : map.members) {
        out.append(indent).append(yaml_scalar(key)).append(":");
        emit_member(out, value, indent, eol);
    }
}

class FlowWriter {
public:
    explicit FlowWriter(const FlowStyle& style) : style_(style) {}

    std::string text(const Value& value) {
        switch (value.kind) {
        case Value::Kind::text:
            return json_quote(value.text);
        case Value::Kind::boolean:
            return value.truth ? "true" : "false";
        case Value::Kind::list:
            return list(value);
        case Value::Kind::map:
            return map(value);
        }
        return {};
    }

private:
    std::string list(const Value& value) {
        std::vector<std::string> parts;
        ++level_;
        for (const Value& item : value.items)
            parts.push_back(text(item));
        --level_;
        return joined('[', parts, ']');
    }

    std::string map(const Value& value) {
        std::vector<std::string> parts;
        ++level_;
        for (const auto& [key, member] : value.members)
            parts.push_back(json_quote(key) + ": " + text(member));
        --level_;
        return joined('{', parts, '}');
    }

    std::string line(std::size_t level) const {
        std::string out = style_.eol + style_.prefix;
        for (std::size_t i = 0; i < level; ++i)
            out += style_.unit;
        return out;
    }

    std::string joined(char open, const std::vector<std::string>& parts, char close) const {
        std::string out(1, open);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i != 0)
                out += style_.pretty ? "," : ", ";
            if (style_.pretty)
                out += line(level_ + 1);
            out += parts[i];
        }
        if (style_.pretty && !parts.empty())
            out += line(level_);
        return out + close;
    }

    const FlowStyle& style_;
    std::size_t level_ = 0;
};

bool means_map(const YamlNode& node, const Value& value) {
    if (!node.is_mapping())
        return false;
    std::size_t found = 0;
    for (const auto& [key, member] : node.members) {
        const auto wanted =
            std::find_if(value.members.begin(), value.members.end(),
                         [&name = key.scalar](const Value::Member& m) { return m.first == name; });
        const bool nothing = member.is_null() || means(member, Value::of(false));
        if (wanted == value.members.end() && !nothing)
            return false;
        if (wanted == value.members.end())
            continue;
        if (!means(member, wanted->second))
            return false;
        ++found;
    }
    return found == value.members.size();
}

bool means_list(const YamlNode& node, const Value& value) {
    return node.is_sequence() &&
           std::equal(node.items.begin(), node.items.end(), value.items.begin(), value.items.end(),
                      [](const YamlNode& n, const Value& v) { return means(n, v); });
}

} // namespace

Value Value::of(std::string_view text) {
    Value value;
    value.kind = Kind::text;
    value.text = text;
    return value;
}

Value Value::of(bool truth) {
    Value value;
    value.kind = Kind::boolean;
    value.truth = truth;
    return value;
}

Value Value::list(std::vector<Value> items) {
    Value value;
    value.kind = Kind::list;
    value.items = std::move(items);
    return value;
}

Value Value::map(std::vector<Member> members) {
    Value value;
    value.members = std::move(members);
    return value;
}

void Value::add(std::string_view key, Value value) {
    members.emplace_back(std::string(key), std::move(value));
}

void Value::add_text(std::string_view key, std::string_view value) {
    if (!value.empty())
        add(key, of(value));
}

std::string block_item(const Value& item, std::string_view prefix, std::string_view eol) {
    std::string out;
    emit_members(out, item, std::string(prefix) + "  ", eol);
    // The first line's indent makes room for the dash.
    out.replace(prefix.size(), 2, "- ");
    return out;
}

std::string flow_text(const Value& value, const FlowStyle& style) {
    return FlowWriter(style).text(value);
}

bool means(const YamlNode& node, const Value& value) {
    switch (value.kind) {
    case Value::Kind::text:
        return node.is_scalar() && node.tag.empty() && node.scalar == value.text &&
               (!node.plain || yaml_reads_as_text(node.scalar));
    case Value::Kind::boolean:
        return node.is_scalar() && node.plain && node.tag.empty() &&
               node.scalar == (value.truth ? "true" : "false");
    case Value::Kind::list:
        return means_list(node, value);
    case Value::Kind::map:
        return means_map(node, value);
    }
    return false;
}

} // namespace leasehold::kubeconfig
