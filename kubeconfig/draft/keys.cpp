// The part of Draft that works on the keys of the file: the header and current-context.
#include "kubeconfig/draft/draft.hpp"
#include "kubeconfig/draft/geometry.hpp"
#include "src/base/yaml_scalar.hpp"

#include <algorithm>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view current_context_key = "current-context";

} // namespace

Result<void> Draft::add_member(std::string_view key, const Value& value) {
    if (!root_.flow) {
        const std::string prefix = root_prefix();
        std::string lines = prefix + std::string(key) + ":";
        if (value.kind == Value::Kind::text)
            lines += " " + yaml_scalar(value.text) + eol_;
        else
            lines += eol_ + block_item(value.items.front(), list_prefix(), eol_);
        return insert_lines(document_end(), std::move(lines));
    }
    FlowStyle style = flow_style(root_);
    std::string bytes = '"' + std::string(key) + "\": ";
    if (root_.members.empty())
        return splice(root_.start.offset + 1, root_.start.offset + 1,
                      bytes + flow_text(value, style));
    const auto& [last_key, last_value] = root_.members.back();
    style.prefix = line_prefix(text_, last_key.start.offset);
    const std::size_t at = std::max(last_key.end.offset, content_end(last_value));
    return splice(at, at, flow_separator(last_key) + bytes + flow_text(value, style));
}

Result<void> Draft::remove_member(std::string_view key) {
    const Member* found = member(key);
    if (found == nullptr)
        return {};
    if (!root_.flow)
        return erase_lines(line_start(text_, found->first.start.offset),
                           line_end(text_, content_end(found->second)));
    const std::size_t index = static_cast<std::size_t>(found - root_.members.data());
    std::size_t begin = found->first.start.offset;
    std::size_t end = content_end(found->second);
    if (index > 0)
        begin = content_end(root_.members[index - 1].second);
    else if (root_.members.size() > 1)
        end = root_.members[1].first.start.offset;
    return splice(begin, end, {});
}

Result<void> Draft::add_header() {
    LEASEHOLD_TRY(add_member("apiVersion", Value::of("v1")));
    return add_member("kind", Value::of("Config"));
}

Result<void> Draft::remove_header() {
    const bool only_header = root_.members.size() == 2 && root_.text("apiVersion") == "v1" &&
                             root_.text("kind") == "Config";
    if (!only_header)
        return {};
    LEASEHOLD_TRY(remove_member("kind"));
    return remove_member("apiVersion");
}

// Where the replaceable bytes of a value begin: behind the colon, so that the white space there
// is part of them; in JSON at the value itself.
std::size_t Draft::value_start(const Member& member) const {
    if (root_.flow)
        return member.second.start.offset;
    return *colon_of(text_, member.first) + 1;
}

std::string Draft::placeholder_bytes(const Member& member) const {
    const std::size_t begin = value_start(member);
    return std::string(slice(text_, begin, std::max(begin, member.second.end.offset)));
}

Result<void> Draft::replace_bytes(const Member& member, std::string_view bytes) {
    const std::size_t begin = value_start(member);
    const bool needs_space =
        !root_.flow && !bytes.empty() && bytes.front() != ' ' && bytes.front() != '\t';
    return splice(begin, std::max(begin, member.second.end.offset),
                  (needs_space ? " " : "") + std::string(bytes));
}

Result<std::optional<std::string>> Draft::current_context_bytes() const {
    const Member* current = member(current_context_key);
    if (current == nullptr)
        return std::optional<std::string>();
    const auto& [key, value] = *current;
    if (!value.is_scalar() || value.alias || !value.anchor.empty() || !value.tag.empty())
        return refuse(value.start,
                      "current-context is no plain text, which cannot be edited safely");
    const std::string bytes = placeholder_bytes(*current);
    const std::string_view gap = slice(text_, value_start(*current), value.start.offset);
    if (bytes.find('\n') != std::string::npos || gap.find('#') != std::string_view::npos)
        return refuse(value.start, "current-context stands on several lines, which cannot be "
                                   "edited safely");
    return std::optional(bytes);
}

Result<void> Draft::set_current_context(std::string_view context) {
    const Member* current = member(current_context_key);
    if (current == nullptr)
        return add_member(current_context_key, Value::of(context));
    LEASEHOLD_TRY(current_context_bytes());
    if (root_.flow)
        return replace_bytes(*current, flow_text(Value::of(context), {}));
    return replace_bytes(*current, " " + yaml_scalar(context));
}

Result<void> Draft::restore_current_context(const std::optional<std::string>& bytes) {
    if (!bytes)
        return remove_member(current_context_key);
    const Member* current = member(current_context_key);
    if (current == nullptr)
        return {};
    // The file may have been turned from YAML into JSON or back by somebody else meanwhile.
    const bool bytes_of_block = bytes->starts_with(' ') || bytes->starts_with('\t');
    if (!root_.flow || !bytes_of_block)
        return replace_bytes(*current, *bytes);
    const auto value = remembered_value(text_word + *bytes);
    return set_current_context(value && !value->is_null() ? value->scalar : "");
}

Result<void> Draft::remember(std::size_t context, std::string_view key, std::string_view was) {
    const std::vector<Item> contexts = items(Section::contexts);
    const YamlNode* marker = marker_node(*contexts[context].body);
    const YamlNode* old = marker->find(key);
    if (old != nullptr)
        return splice(old->start.offset, old->end.offset, flow_text(Value::of(was), {}));
    const std::string quoted_was = flow_text(Value::of(was), {});
    if (marker->flow)
        return splice(marker->start.offset + 1, marker->start.offset + 1,
                      '"' + std::string(key) + "\": " + quoted_was +
                          (marker->members.empty() ? "" : ", "));
    const std::size_t at = marker->start.offset;
    const std::string indent(at - line_start(text_, at), ' ');
    return splice(at, at, std::string(key) + ": " + quoted_was + eol_ + indent);
}

} // namespace leasehold::kubeconfig
