#include "kubeconfig/document/wrap.hpp"

#include "kubeconfig/draft/geometry.hpp"
#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view exec_key = "exec";
constexpr std::string_view extensions_key = "extensions";

// The own members of a user's body that wrapping touches; null where there is none.
struct Members {
    const YamlNode::Member* exec = nullptr;
    const YamlNode::Member* extensions = nullptr;
    bool adjacent = false; // extensions right behind exec
};

Members members_of(const YamlNode& body) {
    Members found;
    for (const YamlNode::Member& member : body.members) {
        if (member.first.scalar == exec_key)
            found.exec = &member;
        if (member.first.scalar == extensions_key) {
            found.adjacent = found.exec != nullptr && &member == found.exec + 1;
            found.extensions = &member;
        }
    }
    return found;
}

// The extension's content.
const YamlNode* memory_of(const YamlNode& body) {
    const YamlNode* list = body.find(extensions_key);
    if (list == nullptr || !list->is_sequence())
        return nullptr;
    for (const YamlNode& one : list->items)
        if (one.text("name") == wrapped_extension)
            return one.find("extension");
    return nullptr;
}

Value exec_value(const Wrapping& wrapping) {
    Value args = Value::list();
    for (const std::string& arg : wrapping.exec.args)
        args.items.push_back(Value::of(arg));
    Value exec = Value::map();
    exec.add("apiVersion", Value::of("client.authentication.k8s.io/" + wrapping.exec.api_version));
    exec.add("args", std::move(args));
    exec.add("command", Value::of(wrapping.exec.command));
    exec.add_text("installHint", wrapping.exec.install_hint);
    exec.add("interactiveMode", Value::of(wrapping.asks ? "IfAvailable" : "Never"));
    exec.add("provideClusterInfo", Value::of(wrapping.exec.provide_cluster_info));
    return exec;
}

Value extensions_value(const Wrapping& wrapping, std::string_view original, std::size_t indent) {
    Value content = Value::map();
    content.add("indent", Value::of(std::to_string(indent)));
    content.add("original", Value::of(base64_encode(original)));
    content.add("profile", Value::of(wrapping.profile));
    content.add("version", Value::of("1"));
    Value extension = Value::map();
    extension.add("extension", std::move(content));
    extension.add("name", Value::of(wrapped_extension));
    return Value::list({std::move(extension)});
}

// The members of `map` in place of others whose first key stands behind `prefix`; without what is
// in front of that key.
std::string member_text(const Value& map, bool flow, std::string_view prefix,
                        std::string_view eol) {
    if (flow) {
        const std::string text = flow_text(map, {});
        return text.substr(1, text.size() - 2);
    }
    // An element's first key stands two columns behind its dash.
    const std::string outer(prefix.substr(0, prefix.size() - 2));
    std::string text = block_item(map, outer, eol).substr(prefix.size());
    return text.substr(0, text.size() - eol.size());
}

struct Place {
    Item item;
    Members members;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string prefix; // white space in front of the line
};

// Where a user's exec stands, if it can be edited there.
Result<Place> find_place(const Draft& draft, std::string_view user) {
    const auto item = draft.find(Section::users, user);
    if (!item)
        return draft.refuse(draft.root().start, "there is no user " + quoted(user));
    const auto refuse = [&](std::string_view what) {
        Error error =
            draft.refuse(item->node->start, "the user " + quoted(user) + ' ' + std::string(what) +
                                                ", which cannot be edited safely");
        error.hint = "write the user's exec out in full";
        return error;
    };
    if (item->body == nullptr || item->body->find(exec_key) == nullptr)
        return draft.refuse(item->node->start, "the user " + quoted(user) + " has no exec plugin");
    if (item->body->alias || item->node->alias)
        return refuse("is an alias");
    Place place{*item, members_of(*item->body), 0, 0, {}};
    if (place.members.exec == nullptr)
        return refuse("has its exec from a merge key");
    const auto& [key, value] = *place.members.exec;
    place.begin = key.start.offset;
    place.end = std::max(key.end.offset, content_end(value));
    place.prefix = line_prefix(draft.text(), place.begin);
    const bool laid_out = first_on_line(draft.text(), place.begin) && place.prefix.size() >= 2 &&
                          colon_of(draft.text(), key);
    if (!item->body->flow && !laid_out)
        return refuse("is laid out in an unusual way");
    return place;
}

// Lines behind the first, moved from one indentation to another.
std::string indented(const std::string& text, std::size_t was, std::size_t is) {
    std::string out;
    std::string_view rest = text;
    for (bool first = true; !rest.empty(); first = false) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
        rest.remove_prefix(line.size());
        const bool blank = line.find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (!first && !blank && is > was)
            out.append(is - was, ' ');
        if (!first && is < was)
            line.remove_prefix(std::min({was - is, line.find_first_not_of(' '), line.size()}));
        out += line;
    }
    return out;
}

// JSON that has come into a file of block style goes on one line there.
std::string on_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

// The original as a node, to hold what was put back against; empty if it can only be read in its
// place, where an anchor stands before it.
std::optional<YamlNode> parse_original(const std::string& original, std::size_t indent) {
    for (const std::string& text : {std::string(indent, ' ') + original, '{' + original + '}'})
        if (auto parsed = parse_yaml(text, wrapped_extension); parsed && parsed->is_mapping())
            if (const YamlNode* exec = parsed->find(exec_key))
                return *exec;
    return std::nullopt;
}

} // namespace

std::optional<std::string> wrapping_profile(const YamlNode& user_body) {
    const YamlNode* memory = memory_of(user_body);
    const YamlNode* exec = user_body.find(exec_key);
    if (memory == nullptr || exec == nullptr)
        return std::nullopt;
    const std::string_view command = exec->text("command");
    const YamlNode* args = exec->find("args");
    const bool ours = command.substr(command.rfind('/') + 1) == "leasehold" && args != nullptr &&
                      !args->items.empty() && args->items.front().scalar == "credential";
    return ours ? std::optional(std::string(memory->text("profile"))) : std::nullopt;
}

namespace {

// What is to be done with a user that is to be wrapped.
enum class Step {
    none,       // it stands as it should
    wrap,       // a plugin of another program's
    wrap_again, // leasehold is in front, for another profile or from another place: what is behind
                // it stays what it was
    replace,    // another program has put its plugin in again beside our memory: that counts now
};

Result<Step> next_step(const Draft& draft, const Wrapping& wrapping) {
    LEASEHOLD_TRY_ASSIGN(const Place place, find_place(draft, wrapping.user));
    const bool was_wrapped = memory_of(*place.item.body) != nullptr;
    if (means(place.members.exec->second, exec_value(wrapping)) && was_wrapped)
        return Step::none;
    if (place.members.extensions != nullptr && !was_wrapped)
        return draft.refuse(place.members.extensions->first.start,
                            "the user " + quoted(wrapping.user) + " has extensions of its own");
    if (wrapping_profile(*place.item.body))
        return Step::wrap_again;
    if (was_wrapped && !place.members.adjacent)
        return draft.refuse(place.members.extensions->first.start,
                            "the user " + quoted(wrapping.user) +
                                " has its members in an unusual order");
    return was_wrapped ? Step::replace : Step::wrap;
}

Result<Draft::Cut> wrapping_cut(const Draft& draft, const Wrapping& wrapping) {
    LEASEHOLD_TRY_ASSIGN(const Place place, find_place(draft, wrapping.user));
    const std::string original(slice(draft.text(), place.begin, place.end));
    const std::size_t end = memory_of(*place.item.body) != nullptr
                                ? content_end(place.members.extensions->second)
                                : place.end;
    std::string text =
        member_text(Value::map({{std::string(exec_key), exec_value(wrapping)},
                                {std::string(extensions_key),
                                 extensions_value(wrapping, original, place.prefix.size())}}),
                    place.item.body->flow, place.prefix, line_break_of(draft.text()));
    if (draft.text()[end - 1] == '\n')
        text += line_break_of(draft.text());
    return Draft::Cut{place.begin, end, std::move(text)};
}

Result<void> put_in_front(Edit& edit, const std::vector<Wrapping>& wrappings) {
    std::vector<Draft::Cut> cuts;
    for (const Wrapping& wrapping : wrappings) {
        LEASEHOLD_TRY_ASSIGN(Draft::Cut cut, wrapping_cut(edit.draft, wrapping));
        cuts.push_back(std::move(cut));
        edit.intent.elements.insert({Section::users, wrapping.user});
        edit.changes.push_back({Change::Action::replaced, "user", wrapping.user});
    }
    LEASEHOLD_TRY(edit.draft.splice(std::move(cuts)));
    for (const Wrapping& wrapping : wrappings) {
        const auto now = edit.draft.find(Section::users, wrapping.user);
        if (!now || now->body == nullptr || !wrapping_profile(*now->body))
            return edit.draft.refuse(edit.draft.root().start,
                                     "the user could not be written faithfully");
    }
    return {};
}

struct Unwrapping {
    Draft::Cut cut;
    std::optional<YamlNode> wanted; // what is to stand there
};

// Empty if the user is not wrapped.
Result<std::optional<Unwrapping>> plan_unwrapping(const Draft& draft, const std::string& user) {
    LEASEHOLD_TRY_ASSIGN(const Place place, find_place(draft, user));
    if (!wrapping_profile(*place.item.body))
        return std::optional<Unwrapping>();
    const YamlNode& memory = *memory_of(*place.item.body);
    const auto original = base64_decode(memory.text("original"));
    std::size_t indent = 0;
    const std::string_view digits = memory.text("indent");
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), indent);
    if (!original || original->empty() || indent > 256 || !place.members.adjacent ||
        place.members.extensions->second.items.size() != 1)
        return draft.refuse(place.item.node->start, "what stood in place of leasehold in user " +
                                                        quoted(user) +
                                                        " is not kept as leasehold keeps it");
    std::string text = indented(*original, indent, place.prefix.size());
    std::size_t end = content_end(place.members.extensions->second);
    if (text.ends_with('\n'))
        end = line_end(draft.text(), end);
    return std::optional(
        Unwrapping{{place.begin, end, std::move(text)}, parse_original(*original, indent)});
}

Result<void> check_unwrapped(const Draft& draft, const std::string& user,
                             const std::optional<YamlNode>& wanted) {
    const auto now = draft.find(Section::users, user);
    const YamlNode* exec = now && now->body != nullptr ? now->body->find(exec_key) : nullptr;
    const bool is_it = exec != nullptr && (wanted ? same_node(*exec, *wanted) : exec->alias);
    if (is_it && memory_of(*now->body) == nullptr)
        return {};
    return draft.refuse(draft.root().start, "what stood in place of leasehold in user " +
                                                quoted(user) +
                                                " cannot be put back into this layout");
}

Result<void> unwrap_together(Edit& edit, const std::vector<std::string>& users) {
    std::map<std::string, std::optional<YamlNode>> wanted;
    std::vector<Draft::Cut> cuts;
    for (const std::string& user : users) {
        LEASEHOLD_TRY_ASSIGN(auto plan, plan_unwrapping(edit.draft, user));
        if (!plan || !wanted.emplace(user, std::move(plan->wanted)).second)
            continue;
        cuts.push_back(std::move(plan->cut));
        edit.intent.elements.insert({Section::users, user});
        edit.changes.push_back({Change::Action::replaced, "user", user});
    }
    if (!edit.draft.splice(cuts)) {
        for (Draft::Cut& cut : cuts)
            cut.replacement = on_one_line(std::move(cut.replacement));
        LEASEHOLD_TRY(edit.draft.splice(std::move(cuts)));
    }
    for (const auto& [user, node] : wanted)
        LEASEHOLD_TRY(check_unwrapped(edit.draft, user, node));
    return {};
}

// Nothing is wrapped that could not be unwrapped.
Result<void> check_way_back(const Draft& draft, const std::vector<Wrapping>& wrappings,
                            const std::string& before) {
    std::vector<std::string> users;
    for (const Wrapping& wrapping : wrappings)
        users.push_back(wrapping.user);
    Edit trial{draft};
    if (unwrap_together(trial, users) && trial.draft.text() == before)
        return {};
    return draft.refuse(draft.root().start,
                        "what the user " + quoted(users.front()) +
                            " has could not be put back later as it stands now");
}

Result<void> wrap_together(Edit& edit, const std::vector<Wrapping>& wrappings) {
    std::vector<Wrapping> fresh;
    std::vector<Wrapping> replaced;
    std::vector<std::string> ours;
    for (const Wrapping& wrapping : wrappings) {
        LEASEHOLD_TRY_ASSIGN(const Step step, next_step(edit.draft, wrapping));
        if (step == Step::wrap_again)
            ours.push_back(wrapping.user);
        if (step == Step::replace)
            replaced.push_back(wrapping);
        else if (step != Step::none)
            fresh.push_back(wrapping);
    }
    LEASEHOLD_TRY(unwrap_together(edit, ours));
    LEASEHOLD_TRY(put_in_front(edit, replaced));
    const std::string before = edit.draft.text();
    LEASEHOLD_TRY(put_in_front(edit, fresh));
    return fresh.empty() ? Result<void>() : check_way_back(edit.draft, fresh, before);
}

// Does `all` in one go. Where that fails, one after the other: then the error is that one's.
template <class Each>
Result<void> at_once(Edit& edit, const std::vector<Each>& all,
                     Result<void> (*together)(Edit&, const std::vector<Each>&)) {
    if (all.size() == 1)
        return together(edit, all);
    Edit trial = edit;
    if (together(trial, all)) {
        edit = std::move(trial);
        return {};
    }
    for (const Each& one : all)
        LEASEHOLD_TRY(together(edit, {one}));
    return {};
}

} // namespace

Result<void> wrap_users(Edit& edit, const std::vector<Wrapping>& wrappings) {
    return at_once(edit, wrappings, wrap_together);
}

Result<void> unwrap_users(Edit& edit, const std::vector<std::string>& users) {
    return at_once(edit, users, unwrap_together);
}

} // namespace leasehold::kubeconfig
