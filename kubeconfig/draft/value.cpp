#include "kubeconfig/draft/value.hpp"

#include "src/base/json.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace leasehold::kubeconfig {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

// Words that YAML 1.1 readers, go-yaml among them, take for a boolean or null.
bool is_reserved_word(std::string_view text) {
    constexpr std::array<std::string_view, 11> words = {"",   "~",   "y",    "n",     "yes", "no",
                                                        "on", "off", "true", "false", "null"};
    return std::find(words.begin(), words.end(), lower(text)) != words.end();
}

// Anything that might be a number, sexagesimal and 0b, 0o, 0x forms included, or a date.
bool looks_like_a_number(std::string_view text) {
    std::string bare;
    for (const char c : lower(text)) {
        if (c != '_' && c != '+')
            bare.push_back(c);
    }
    char* end = nullptr;
    (void)std::strtod(bare.c_str(), &end);
    if (!bare.empty() && end == bare.c_str() + bare.size())
        return true;
    if (bare == ".inf" || bare == "-.inf" || bare == ".nan")
        return true;
    const std::string_view digits = bare.starts_with("-") ? std::string_view(bare).substr(1) : bare;
    if (digits.starts_with("0b") || digits.starts_with("0o") || digits.starts_with("0x"))
        return true;
    const bool starts = !digits.empty() && is_digit(digits.front());
    const bool only = digits.find_first_not_of("0123456789:.") == std::string_view::npos;
    const bool clock = starts && only && digits.find(':') != std::string_view::npos;
    const bool date = digits.size() >= 8 &&
                      std::all_of(digits.begin(), digits.begin() + 4, is_digit) && digits[4] == '-';
    return clock || date;
}

// A plain scalar of somebody else's: does every reader see a string?
bool reads_as_text(std::string_view plain) {
    return !is_reserved_word(plain) && !looks_like_a_number(plain);
}

bool is_plainly_safe(std::string_view text) {
    const bool option = text.size() > 2 && text.starts_with("--") && is_letter(text[2]);
    const bool start = !text.empty() && (is_letter(text.front()) || text.front() == '/' || option);
    const auto safe = [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view("_./:@+=-").find(c) != std::string_view::npos;
    };
    return start && std::all_of(text.begin(), text.end(), safe) && text.back() != ':' &&
           reads_as_text(text);
}

void emit_members(std::string& out, const Value& map, const std::string& indent,
                  std::string_view eol);

void emit_list(std::string& out, const Value& list, const std::string& indent,
               std::string_view eol) {
    for (const Value& item : list.items) {
        if (item.kind == Value::Kind::map)
            out += block_item(item, indent, eol);
        else
            out.append(indent).append("- ").append(block_scalar(item.text)).append(eol);
    }
}

void emit_member(std::string& out, const Value& value, const std::string& indent,
                 std::string_view eol) {
    switch (value.kind) {
    case Value::Kind::text:
        out.append(" ").append(block_scalar(value.text)).append(eol);
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
        out.append(indent).append(block_scalar(key)).append(":");
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
                         [&](const Value::Member& m) { return m.first == key.scalar; });
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

std::string block_scalar(std::string_view text) {
    return is_plainly_safe(text) ? std::string(text) : json_quote(text);
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
               (!node.plain || reads_as_text(node.scalar));
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
