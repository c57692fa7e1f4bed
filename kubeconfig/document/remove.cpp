#include "kubeconfig/document/edit.hpp"
#include "kubeconfig/draft/marker.hpp"
#include "src/base/hostile_text.hpp"

#include <map>
#include <set>

namespace leasehold::kubeconfig {
namespace {

using Action = Change::Action;
using Was = std::optional<std::string>;

struct Removal {
    Edit& edit;
    const ProfileNames& profiles;
    std::map<std::string, Marker, std::less<>> contexts = {}; // the removed ones
    bool was_empty_file = false;
};

// For each cluster or user that a context refers to, the first such context.
std::map<std::string, std::string, std::less<>> referring_contexts(const Draft& draft,
                                                                   Section section) {
    std::map<std::string, std::string, std::less<>> referring;
    if (section == Section::contexts)
        return referring;
    for (const Item& item : draft.items(Section::contexts))
        if (item.body != nullptr)
            referring.emplace(item.body->text(singular(section)), item.name);
    return referring;
}

// What gave way to the removed context gets its name back, if nothing has taken it.
Result<void> bring_back(Removal& removal, const Marker& marker, const std::string& name) {
    Draft& draft = removal.edit.draft;
    const auto moved =
        marker.moved_to ? draft.find(Section::contexts, *marker.moved_to) : std::optional<Item>();
    if (!moved || !moved->name.starts_with(name) || draft.find(Section::contexts, name))
        return {};
    const std::string now(moved->name);
    const YamlNode before = *moved->node;
    LEASEHOLD_TRY(draft.shorten_name(Section::contexts, moved->index, now.substr(name.size())));
    const auto after = draft.find(Section::contexts, name);
    if (!after || !same_but_for_name(before, *after->node))
        return draft.refuse(draft.root().start,
                            "the context " + quoted(now) + " could not be renamed");
    removal.edit.changes.push_back({Action::renamed, "context", now, name});
    removal.edit.intent.elements.insert({Section::contexts, now});
    return {};
}

// A removed context, and what its marker says.
struct Gone {
    std::string name;
    Marker marker;
};

// Takes the elements of the profiles out of one list; those that a context refers to stay.
Result<std::vector<Gone>> remove_owned(Removal& removal, Section section) {
    Edit& edit = removal.edit;
    const auto referring = referring_contexts(edit.draft, section);
    const std::string what(singular(section));
    std::vector<Gone> gone;
    std::set<std::size_t> indices;
    for (const Item& item : edit.draft.items(section)) {
        if (!item.marker || !removal.profiles.contains(item.marker->profile))
            continue;
        std::string name(item.name);
        const auto user = referring.find(name);
        if (user != referring.end()) {
            edit.changes.push_back({Action::kept, what, std::move(name),
                                    "the context " + quoted(user->second) + " refers to it"});
            continue;
        }
        edit.changes.push_back({Action::removed, what, name});
        edit.intent.elements.insert({section, name});
        indices.insert(item.index);
        removal.was_empty_file = removal.was_empty_file || item.marker->list_was == empty_file_word;
        gone.push_back({std::move(name), *item.marker});
    }
    if (!gone.empty())
        LEASEHOLD_TRY(edit.draft.remove_items(section, indices, gone.front().marker.list_was));
    return gone;
}

// The marker of a context once the removed ones are gone: where what gave way to it is one of them,
// what gave way to that one is meant, and current-context was what that one remembered.
Marker settled(const Removal& removal, Marker marker) {
    for (std::size_t hops = removal.contexts.size(); hops > 0 && marker.moved_to; --hops) {
        const auto moved = removal.contexts.find(*marker.moved_to);
        if (moved == removal.contexts.end())
            break;
        marker.moved_to = moved->second.moved_to;
        if (!marker.current_was)
            marker.current_was = moved->second.current_was;
    }
    return marker;
}

Result<void> remove_contexts(Removal& removal) {
    LEASEHOLD_TRY_ASSIGN(std::vector<Gone> gone, remove_owned(removal, Section::contexts));
    for (const Gone& one : gone)
        removal.contexts[one.name] = one.marker;
    for (Gone& one : gone)
        one.marker = settled(removal, one.marker);
    for (const Gone& one : gone) {
        removal.contexts[one.name] = one.marker;
        LEASEHOLD_TRY(bring_back(removal, one.marker, one.name));
    }
    return {};
}

// The context that the bytes in a `current-was` name, "" if they name none; empty if the marker
// does not hold such bytes.
Was remembered_context(const Was& was) {
    const auto value = was ? remembered_value(*was) : std::nullopt;
    if (!value || !value->is_scalar())
        return std::nullopt;
    return value->is_null() ? std::string() : value->scalar;
}

// What the removed context that `was` names remembered in its turn; null if it names none.
const Was* former(const Removal& removal, const Was& was) {
    const Was name = remembered_context(was);
    const auto found = name ? removal.contexts.find(*name) : removal.contexts.end();
    return found == removal.contexts.end() ? nullptr : &found->second.current_was;
}

// What `was` comes to where contexts that it names are removed: what these remembered, and so on,
// but in no circle.
Was beyond_removed(const Removal& removal, Was was) {
    for (std::size_t hops = removal.contexts.size(); hops > 0; --hops) {
        const Was* next = former(removal, was);
        if (next == nullptr || !*next)
            break;
        was = Was(*next);
    }
    return was;
}

// Contexts of ours that remember a removed one now remember what that one did.
Result<void> hand_down_memories(Removal& removal) {
    struct Memory {
        std::size_t context;
        std::string_view key;
        std::string now;
    };
    Edit& edit = removal.edit;
    std::vector<Memory> memories;
    const auto change = [&](const Item& item, std::string_view key, const Was& was,
                            const Was& now) {
        if (now == was || !now)
            return;
        edit.intent.elements.insert({Section::contexts, std::string(item.name)});
        memories.push_back({item.index, key, *now});
    };
    for (const Item& item : edit.draft.items(Section::contexts)) {
        if (!item.marker)
            continue;
        const Marker now = settled(removal, *item.marker);
        change(item, moved_to_key, item.marker->moved_to, now.moved_to);
        change(item, current_was_key, item.marker->current_was,
               beyond_removed(removal, now.current_was));
    }
    for (const Memory& memory : memories)
        LEASEHOLD_TRY(edit.draft.remember(memory.context, memory.key, memory.now));
    return {};
}

struct Restored {
    std::optional<std::string> bytes; // of current-context; empty: the key goes away
    std::string context;
};

// What was there before, if that still makes sense; else no context.
Restored restored_current(const Draft& draft, const Was& was) {
    if (was == absent_word)
        return {};
    const Was context = remembered_context(was);
    const bool sensible = context && (was->front() == dangling_word || context->empty() ||
                                      draft.find(Section::contexts, *context));
    return sensible ? Restored{was->substr(1), *context} : Restored{"\"\"", ""};
}

Result<void> repair_current(Removal& removal, const std::string& current) {
    Edit& edit = removal.edit;
    const Was was = beyond_removed(removal, removal.contexts.find(current)->second.current_was);
    const Restored restored = restored_current(edit.draft, was);
    LEASEHOLD_TRY(edit.draft.restore_current_context(restored.bytes));
    edit.intent.current_context = restored.context;
    edit.changes.push_back({Action::replaced, "current-context", current,
                            restored.context.empty() ? "no context is current now"
                                                     : "is now " + quoted(restored.context)});
    return {};
}

} // namespace

Result<void> remove_profiles(Edit& edit, const ProfileNames& profiles) {
    Removal removal{edit, profiles};
    const std::string current(edit.draft.root().text("current-context"));
    LEASEHOLD_TRY(remove_contexts(removal));
    for (const Section section : {Section::users, Section::clusters})
        LEASEHOLD_TRY(remove_owned(removal, section));
    LEASEHOLD_TRY(hand_down_memories(removal));
    const auto removed = removal.contexts.find(current);
    // Where it had not been pointed to ours, what has its name again is current as before.
    if (removed != removal.contexts.end() &&
        (removed->second.current_was || !edit.draft.find(Section::contexts, current)))
        LEASEHOLD_TRY(repair_current(removal, current));
    if (removal.was_empty_file)
        LEASEHOLD_TRY(edit.draft.remove_header());
    edit.intent.header = removal.was_empty_file;
    return {};
}

} // namespace leasehold::kubeconfig
