#include "kubeconfig/draft/draft.hpp"

#include "kubeconfig/draft/geometry.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/kubeconfig_form.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr YamlOptions parsing{.limit = longest_kubeconfig};
constexpr std::array sections = {Section::clusters, Section::users, Section::contexts};

YamlMark mark_at(std::string_view text, std::size_t offset) {
    YamlMark mark;
    mark.offset = offset;
    mark.line += static_cast<std::size_t>(
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    mark.column += offset - line_start(text, offset);
    return mark;
}

// Line breaks that YAML 1.1 knows and people do not: our lines would not be the parser's.
std::optional<std::size_t> odd_line_break(std::string_view text) {
    std::size_t found = std::string_view::npos;
    for (const std::string_view one : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"})
        found = std::min(found, text.find(one));
    for (std::size_t at = text.find('\r'); at < found; at = text.find('\r', at + 1)) {
        if (at + 1 == text.size() || text[at + 1] != '\n')
            found = at;
    }
    return found == std::string_view::npos ? std::nullopt : std::optional(found);
}

} // namespace

Draft::Draft(std::string text, std::string name, YamlNode root)
    : text_(std::move(text)), name_(std::move(name)), root_(std::move(root)),
      eol_(line_break_of(text_)) {}

Error Draft::refuse(const YamlMark& at, std::string_view what) const {
    return make_error(ErrorCode::configuration, yaml_position(name_, at) + ": " + std::string(what),
                      "use a file of its own: --kubeconfig NEWFILE, and list it in KUBECONFIG");
}

Result<Draft> Draft::read(std::string text, std::string name) {
    LEASEHOLD_TRY_ASSIGN(YamlNode root, parse_yaml(text, name, parsing));
    Draft draft(std::move(text), std::move(name), std::move(root));
    LEASEHOLD_TRY(draft.check_shape());
    return draft;
}

Result<void> Draft::check_shape() const {
    if (const auto odd = odd_line_break(text_))
        return refuse(mark_at(text_, *odd), "an unusual line break, which cannot be edited safely");
    const bool nothing = root_.is_null() && root_.scalar.empty();
    if ((!nothing && !root_.is_mapping()) || !root_.anchor.empty() || !root_.tag.empty())
        return refuse(root_.start, "this is not a kubeconfig: a mapping without tag and anchor is "
                                   "expected");
    for (const auto& [key, value] : root_.members) {
        if (!root_.flow && !colon_of(text_, key))
            return refuse(key.start, "a key in an unusual form, which cannot be edited safely");
    }
    LEASEHOLD_TRY(check_kubeconfig_kind(root_, name_));
    LEASEHOLD_TRY(check_merged("current-context"));
    for (const Section section : sections) {
        LEASEHOLD_TRY(check_merged(plural(section)));
        LEASEHOLD_TRY(check_list(section));
    }
    return {};
}

// What readers take from a merge key would be hidden by a key of ours.
Result<void> Draft::check_merged(std::string_view key) const {
    const YamlNode* seen = root_.find(key);
    const Member* own = member(key);
    if (seen == nullptr || (own != nullptr && seen == &own->second))
        return {};
    return refuse(seen->start,
                  std::string(key) + " comes from a merge key, which cannot be edited safely");
}

Result<void> Draft::check_list(Section section) const {
    const YamlNode* list = root_.find(plural(section));
    if (list == nullptr || list->is_null())
        return {};
    if (!list->is_sequence())
        return refuse(list->start, std::string(plural(section)) + " is not a list");
    std::set<std::string_view> names;
    for (const YamlNode& item : list->items) {
        if (!item.is_mapping())
            return refuse(item.start, "this " + std::string(singular(section)) + " is no mapping");
        const YamlNode* body = item.find(singular(section));
        if (body != nullptr && !body->is_mapping() && !body->is_null())
            return refuse(body->start, "this " + std::string(singular(section)) + " is no mapping");
        if (!names.insert(item.text("name")).second)
            return refuse(item.start, "a second " + std::string(singular(section)) +
                                          " with the name " + quoted(item.text("name")));
    }
    return {};
}

Item Draft::item_at(Section section, const YamlNode& list, std::size_t index) const {
    const YamlNode& node = list.items[index];
    Item item{index, node.text("name"), &node, node.find(singular(section)), {}};
    if (item.body != nullptr)
        item.marker = read_marker(*item.body);
    return item;
}

std::vector<Item> Draft::items(Section section) const {
    std::vector<Item> found;
    const YamlNode* list = root_.find(plural(section));
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i)
        found.push_back(item_at(section, *list, i));
    return found;
}

std::optional<Item> Draft::find(Section section, std::string_view name) const {
    const YamlNode* list = root_.find(plural(section));
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        if (list->items[i].text("name") == name)
            return item_at(section, *list, i);
    }
    return std::nullopt;
}

const Draft::Member* Draft::member(std::string_view key) const {
    const auto found = std::find_if(root_.members.begin(), root_.members.end(),
                                    [&](const Member& m) { return m.first.scalar == key; });
    return found == root_.members.end() ? nullptr : &*found;
}

// --- cuts -----------------------------------------------------------------------------------

Result<void> Draft::splice(std::size_t begin, std::size_t end, std::string_view replacement) {
    return splice(std::vector{Cut{begin, end, std::string(replacement)}});
}

Result<void> Draft::splice(std::vector<Cut> cuts) {
    if (cuts.empty())
        return {};
    std::sort(cuts.begin(), cuts.end(),
              [](const Cut& one, const Cut& other) { return one.begin < other.begin; });
    std::string next;
    std::size_t kept = 0;
    for (const Cut& cut : cuts) {
        if (cut.begin < kept)
            return refuse(mark_at(text_, cut.begin), "this would be changed twice at once");
        next += slice(text_, kept, cut.begin);
        next += cut.replacement;
        kept = cut.end;
    }
    next += slice(text_, kept, text_.size());
    auto root = parse_yaml(next, name_, parsing);
    if (!root)
        return refuse(mark_at(text_, cuts.front().begin),
                      "an edit here would make the file unreadable");
    text_ = std::move(next);
    root_ = *std::move(root);
    return {};
}

// `lines` end with a line break each. A file whose last line has none keeps it that way.
Result<void> Draft::insert_lines(std::size_t at, std::string lines) {
    const bool open_end =
        at == text_.size() && at > 0 && text_.back() != '\n' && text_ != byte_order_mark;
    if (open_end)
        lines = eol_ + lines.substr(0, lines.size() - eol_.size());
    return splice(at, at, lines);
}

// The reverse of insert_lines().
Draft::Cut Draft::lines_between(std::size_t begin, std::size_t end) const {
    const bool open_end = end == text_.size() && end > begin && text_.back() != '\n';
    if (open_end && begin > 0 && text_[begin - 1] == '\n')
        begin -= begin > 1 && text_[begin - 2] == '\r' ? 2u : 1u;
    return {begin, end, {}};
}

Result<void> Draft::erase_lines(std::size_t begin, std::size_t end) {
    return splice(std::vector{lines_between(begin, end)});
}

// Where a new key goes: behind all comments, in front of a "..." line.
std::size_t Draft::document_end() const {
    if (root_.is_mapping())
        return root_.end.offset;
    for (std::size_t at = 0; at < text_.size(); at = line_end(text_, at + 1)) {
        const std::string_view line = std::string_view(text_).substr(at, 4);
        if (line.starts_with("...") && (line.size() == 3 || line[3] == '\n' || line[3] == '\r' ||
                                        line[3] == ' ' || line[3] == '\t'))
            return at;
    }
    return text_.size();
}

std::string Draft::root_prefix() const {
    if (root_.members.empty())
        return {};
    return std::string(line_prefix(text_, root_.members.front().first.start.offset));
}

// The prefix of our elements in a new block list: indented if the file's other lists are.
std::string Draft::list_prefix() const {
    for (const Section section : sections) {
        const YamlNode* list = root_.find(plural(section));
        if (list != nullptr && list->is_sequence() && !list->flow && !list->items.empty())
            return std::string(line_prefix(text_, content_start(text_, *list)));
    }
    return root_prefix();
}

// The layout of JSON that goes beside `like`.
FlowStyle Draft::flow_style(const YamlNode& like) const {
    FlowStyle style;
    const std::string_view shown = slice(text_, like.start.offset, like.end.offset);
    style.pretty = shown.find('\n') != std::string_view::npos;
    // Where it ends: others may end in the line in which it begins.
    style.prefix = line_prefix(text_, style.pretty ? like.end.offset - 1 : like.start.offset);
    style.eol = eol_;
    if (root_.flow && !root_.members.empty()) {
        const std::string unit = root_prefix();
        style.unit = unit.empty() ? style.unit : unit;
    }
    return style;
}

std::string Draft::flow_separator(const YamlNode& last) const {
    if (!first_on_line(text_, last.start.offset))
        return ", ";
    return "," + eol_ + std::string(line_prefix(text_, last.start.offset));
}

} // namespace leasehold::kubeconfig
