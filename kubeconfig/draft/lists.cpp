// The part of Draft that works on the three lists.
#include "kubeconfig/draft/draft.hpp"
#include "kubeconfig/draft/geometry.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>

namespace leasehold::kubeconfig {
namespace {

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t") == std::string_view::npos;
}

bool spans_lines_or_comment(std::string_view text) {
    return text.find_first_of("\n#") != std::string_view::npos;
}

// The end of a block list, comments included that are indented deeper than its dashes.
std::size_t past_own_comments(std::string_view text, const YamlNode& list) {
    const std::size_t column = line_prefix(text, content_start(text, list)).size();
    std::size_t at = line_end(text, content_end(list));
    while (at < text.size()) {
        const std::size_t indent = line_prefix(text, at).size();
        if (indent <= column || at + indent >= text.size() || text[at + indent] != '#')
            break;
        at = line_end(text, at + indent);
    }
    return at;
}

} // namespace

Result<void> Draft::check_editable(Section section) const {
    const Member* found = member(plural(section));
    if (found == nullptr)
        return {};
    const auto& [key, value] = *found;
    const std::string list(plural(section));
    // Whether an anchored list may change is seen by what its aliases then stand for.
    if (value.alias)
        return refuse(value.start, list + " is an alias, which cannot be edited safely");
    if (value.items.empty() && (!value.anchor.empty() || !value.tag.empty()))
        return refuse(value.start, list + " has an anchor or tag, which cannot be edited safely");
    if (value.is_null() && spans_lines_or_comment(placeholder_bytes(*found)))
        return refuse(value.start, list + " has its null on another line, which cannot be edited "
                                          "safely");
    for (std::size_t i = 0; !value.flow && i < value.items.size(); ++i) {
        const auto dash = dash_of(text_, value, i);
        if (!dash || !first_on_line(text_, *dash))
            return refuse(value.items[i].start, list +
                                                    " is laid out in a way that cannot be edited "
                                                    "safely");
    }
    return {};
}

Draft::Form Draft::form_of(Section section) const {
    const Member* found = member(plural(section));
    if (found == nullptr)
        return Form::missing;
    const YamlNode& value = found->second;
    if (value.is_null())
        return Form::placeholder;
    if (!value.flow)
        return Form::block;
    // "[]" in a block file gives way to a block list; elsewhere JSON stays JSON.
    const bool replaceable =
        !root_.flow && value.items.empty() && !spans_lines_or_comment(placeholder_bytes(*found));
    return replaceable ? Form::placeholder : Form::flow;
}

std::optional<std::string> Draft::list_form(Section section) const {
    switch (form_of(section)) {
    case Form::missing:
        return std::string(absent_word);
    case Form::placeholder: {
        // A block list without elements leaves a bare key by itself; in JSON "[]" would stay.
        const std::string bytes = placeholder_bytes(*member(plural(section)));
        return is_blank(bytes) && !root_.flow ? std::nullopt : std::optional(text_word + bytes);
    }
    case Form::flow:
    case Form::block:
        return std::nullopt;
    }
    return std::nullopt;
}

Result<void> Draft::insert_items(Section section, const std::vector<Value>& items) {
    if (items.empty())
        return {};
    LEASEHOLD_TRY(insert_first(section, items.front()));
    if (items.size() == 1)
        return {};
    // The others look like the first one.
    const YamlNode& list = *root_.find(plural(section));
    std::string text;
    if (list.flow) {
        const YamlNode& last = list.items.back();
        for (auto item = items.begin() + 1; item != items.end(); ++item)
            text += flow_separator(last) + flow_text(*item, flow_style(last));
        return splice(content_end(last), content_end(last), text);
    }
    for (auto item = items.begin() + 1; item != items.end(); ++item)
        text += block_item(*item, line_prefix(text_, content_start(text_, list)), eol_);
    return insert_lines(past_own_comments(text_, list), text);
}

Result<void> Draft::insert_first(Section section, const Value& item) {
    LEASEHOLD_TRY(check_editable(section));
    const Member* found = member(plural(section));
    switch (form_of(section)) {
    case Form::missing:
        return add_member(plural(section), Value::list({item}));
    case Form::placeholder:
        return fill_placeholder(*found, item);
    case Form::flow:
        return insert_flow_item(found->second, item);
    case Form::block: {
        const YamlNode& list = found->second;
        return insert_lines(past_own_comments(text_, list),
                            block_item(item, line_prefix(text_, content_start(text_, list)), eol_));
    }
    }
    return {};
}

// `users: null  # why` becomes `users:  # why` with the element's lines below.
Result<void> Draft::fill_placeholder(const Member& member, const Value& item) {
    if (root_.flow) {
        FlowStyle style = flow_style(root_);
        style.prefix = line_prefix(text_, member.first.start.offset);
        return replace_bytes(member, flow_text(Value::list({item}), style));
    }
    const std::size_t begin = value_start(member);
    const std::size_t value_end = std::max(begin, member.second.end.offset);
    const std::size_t end = line_end(text_, value_end);
    std::string lines(slice(text_, value_end, end));
    const bool open_end = !lines.ends_with('\n');
    lines += open_end ? eol_ : "";
    lines += block_item(item, list_prefix(), eol_);
    if (open_end)
        lines.resize(lines.size() - eol_.size());
    return splice(begin, end, lines);
}

Result<void> Draft::insert_flow_item(const YamlNode& list, const Value& item) {
    if (list.items.empty()) {
        FlowStyle style = flow_style(root_.flow ? root_ : list);
        style.prefix = line_prefix(text_, list.start.offset);
        const std::size_t at = list.start.offset + 1;
        return splice(at, at, flow_text(item, style));
    }
    const YamlNode& last = list.items.back();
    const std::size_t at = content_end(last);
    return splice(at, at, flow_separator(last) + flow_text(item, flow_style(last)));
}

Draft::Cut Draft::replacement_of(const YamlNode& list, std::size_t index, const Value& item) const {
    const YamlNode& old = list.items[index];
    if (list.flow)
        return {old.start.offset, old.end.offset, flow_text(item, flow_style(old))};
    const std::size_t dash = *dash_of(text_, list, index);
    const std::string_view prefix = line_prefix(text_, dash);
    const std::size_t end = content_end(old);
    std::string lines = block_item(item, prefix, eol_);
    if (text_[end - 1] != '\n')
        lines.resize(lines.size() - eol_.size());
    return {dash, end, lines.substr(prefix.size())};
}

Result<void> Draft::replace_items(Section section, const std::map<std::size_t, Value>& items) {
    if (items.empty())
        return {};
    LEASEHOLD_TRY(check_editable(section));
    const YamlNode& list = *root_.find(plural(section));
    std::vector<Cut> cuts;
    for (const auto& [index, item] : items)
        cuts.push_back(replacement_of(list, index, item));
    return splice(cuts);
}

Result<void> Draft::remove_items(Section section, const std::set<std::size_t>& indices,
                                 const std::optional<std::string>& list_was) {
    if (indices.empty())
        return {};
    LEASEHOLD_TRY(check_editable(section));
    const YamlNode& list = *root_.find(plural(section));
    const bool all = list.items.size() == indices.size();
    if (list.flow) {
        LEASEHOLD_TRY_ASSIGN(const std::vector<Cut> cuts, flow_cuts(list, indices));
        LEASEHOLD_TRY(splice(cuts));
    } else {
        LEASEHOLD_TRY(splice(line_cuts(list, indices)));
    }
    return all && list_was ? restore_list(section, *list_was) : Result<void>();
}

// Elements that stand side by side go in one cut.
std::vector<Draft::Cut> Draft::line_cuts(const YamlNode& list,
                                         const std::set<std::size_t>& indices) const {
    std::vector<Cut> cuts;
    for (const std::size_t index : indices) {
        const std::size_t begin = line_start(text_, *dash_of(text_, list, index));
        const std::size_t end = line_end(text_, content_end(list.items[index]));
        if (!cuts.empty() && cuts.back().end == begin)
            cuts.back().end = end;
        else
            cuts.push_back({begin, end, {}});
    }
    cuts.back() = lines_between(cuts.back().begin, cuts.back().end);
    return cuts;
}

// With each goes what separates it from the one before; with the first ones, what separates them
// from those that stay. Between two elements stand a comma and white space; a comment there is not
// ours to remove.
Result<std::vector<Draft::Cut>> Draft::flow_cuts(const YamlNode& list,
                                                 const std::set<std::size_t>& indices) const {
    const auto has_comment = [this](std::size_t begin, std::size_t end) {
        return slice(text_, begin, end).find('#') != std::string_view::npos;
    };
    constexpr std::string_view why = "there is a comment beside this element of the list";
    std::vector<Cut> cuts;
    for (const std::size_t index : indices) {
        const YamlNode& old = list.items[index];
        const std::size_t begin = index > 0 ? content_end(list.items[index - 1]) : old.start.offset;
        if (has_comment(begin, old.start.offset))
            return refuse(old.start, why);
        if (!cuts.empty() && cuts.back().end >= begin)
            cuts.back().end = old.end.offset;
        else
            cuts.push_back({begin, old.end.offset, {}});
    }
    std::size_t first_kept = 0;
    while (indices.contains(first_kept))
        ++first_kept;
    if (first_kept > 0 && first_kept < list.items.size()) {
        const std::size_t end = list.items[first_kept].start.offset;
        if (has_comment(cuts.front().end, end))
            return refuse(list.items[first_kept - 1].start, why);
        cuts.front().end = end;
    }
    return cuts;
}

Result<void> Draft::restore_list(Section section, const std::string& list_was) {
    if (list_was == absent_word || list_was == empty_file_word)
        return remove_member(plural(section));
    const Member* found = member(plural(section));
    const auto value = remembered_value(list_was);
    const bool empty_list = value && (value->is_sequence() || value->is_null());
    return found != nullptr && empty_list ? replace_bytes(*found, list_was.substr(1))
                                          : Result<void>();
}

// Where the text of an element's name ends: in front of a quotation mark.
Result<std::size_t> Draft::end_of_name(Section section, std::size_t index) const {
    const std::vector<Item> all = items(section);
    const YamlNode* name = all[index].node->find("name");
    const std::string_view bytes = slice(text_, name->start.offset, name->end.offset);
    const bool is_quoted = bytes.starts_with('"') || bytes.starts_with('\'');
    if (name->alias || !name->anchor.empty() || !name->tag.empty() || bytes.empty() ||
        (!name->plain && !is_quoted))
        return refuse(name->start, "the name " + quoted(name->scalar) +
                                       " is written in a way that cannot be changed safely");
    return name->end.offset - (is_quoted ? 1 : 0);
}

Result<void> Draft::lengthen_name(Section section, std::size_t index, std::string_view end) {
    LEASEHOLD_TRY_ASSIGN(const std::size_t at, end_of_name(section, index));
    return splice(at, at, end);
}

Result<void> Draft::shorten_name(Section section, std::size_t index, std::string_view end) {
    LEASEHOLD_TRY_ASSIGN(const std::size_t at, end_of_name(section, index));
    if (!std::string_view(text_).substr(0, at).ends_with(end))
        return refuse(items(section)[index].node->start, "the name has been changed meanwhile");
    return splice(at - end.size(), at, {});
}

} // namespace leasehold::kubeconfig
