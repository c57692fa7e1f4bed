#include "kubeconfig/document/edit.hpp"
#include "kubeconfig/draft/marker.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <map>

namespace leasehold::kubeconfig {
namespace {

using Action = Change::Action;
using Was = std::optional<std::string>;

struct Removal {
    Edit& edit;
    std::map<std::string, Was, std::less<>> contexts = {}; // the removed ones, with current-was
    bool was_empty_file = false;
};

// A context that stays and refers to this cluster or user; empty if there is none.
std::string referring_context(const Draft& draft, Section section, std::string_view name) {
    if (section == Section::contexts)
        return {};
    for (const Item& item : draft.items(Section::contexts)) {
        if (item.body != nullptr && item.body->text(singular(section)) == name)
            return std::string(item.name);
    }
    return {};
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

Result<void> remove_item(Removal& removal, Section section, const Item& item) {
    const Marker marker = *item.marker;
    const std::string name(item.name);
    LEASEHOLD_TRY(removal.edit.draft.remove_item(section, item.index, marker.list_was));
    if (section == Section::contexts)
        removal.contexts[name] = marker.current_was;
    removal.was_empty_file = removal.was_empty_file || marker.list_was == empty_file_word;
    removal.edit.changes.push_back({Action::removed, std::string(singular(section)), name});
    removal.edit.intent.elements.insert({section, name});
    return section == Section::contexts ? bring_back(removal, marker, name) : Result<void>();
}

// The last element before `end` that is the profile's.
std::optional<Item> last_owned(const Draft& draft, Section section, std::string_view profile,
                               std::size_t end) {
    const std::vector<Item> items = draft.items(section);
    for (std::size_t i = std::min(items.size(), end); i-- > 0;) {
        if (belongs_to(items[i], profile))
            return items[i];
    }
    return std::nullopt;
}

Result<void> remove_owned(Removal& removal, Section section, std::string_view profile) {
    const Draft& draft = removal.edit.draft;
    // From the back, so that the indices of what is still to be looked at hold.
    std::optional<Item> item = last_owned(draft, section, profile, std::string::npos);
    for (; item; item = last_owned(draft, section, profile, item->index)) {
        const std::string user = referring_context(draft, section, item->name);
        if (user.empty()) {
            LEASEHOLD_TRY(remove_item(removal, section, *item));
        } else {
            removal.edit.changes.push_back({Action::kept, std::string(singular(section)),
                                            std::string(item->name),
                                            "the context " + quoted(user) + " refers to it"});
        }
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
    return found == removal.contexts.end() ? nullptr : &found->second;
}

// Contexts of ours that remember a removed one now remember what that one did.
Result<void> hand_down_memories(Removal& removal) {
    std::map<std::size_t, std::string> memories;
    for (const Item& item : removal.edit.draft.items(Section::contexts)) {
        const Was* inherited = item.marker ? former(removal, item.marker->current_was) : nullptr;
        if (inherited == nullptr || !*inherited)
            continue;
        removal.edit.intent.elements.insert({Section::contexts, std::string(item.name)});
        memories[item.index] = **inherited;
    }
    for (const auto& [index, was] : memories)
        LEASEHOLD_TRY(removal.edit.draft.remember_current(index, was));
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
    Was was = removal.contexts.find(current)->second;
    // The former one may be among the removed too: follow the chain, but no circle.
    for (std::size_t hops = removal.contexts.size(); hops > 0; --hops) {
        if (const Was* next = former(removal, was))
            was = Was(*next);
    }
    const Restored restored = restored_current(edit.draft, was);
    LEASEHOLD_TRY(edit.draft.restore_current_context(restored.bytes));
    edit.intent.current_context = restored.context;
    edit.changes.push_back({Action::replaced, "current-context", current,
                            restored.context.empty() ? "no context is current now"
                                                     : "is now " + quoted(restored.context)});
    return {};
}

} // namespace

Result<void> remove_profile(Edit& edit, std::string_view profile) {
    Removal removal{edit};
    const std::string current(edit.draft.root().text("current-context"));
    for (const Section section : {Section::contexts, Section::users, Section::clusters})
        LEASEHOLD_TRY(remove_owned(removal, section, profile));
    LEASEHOLD_TRY(hand_down_memories(removal));
    const auto removed = removal.contexts.find(current);
    // Where it had not been pointed to ours, what has its name again is current as before.
    if (removed != removal.contexts.end() &&
        (removed->second || !edit.draft.find(Section::contexts, current)))
        LEASEHOLD_TRY(repair_current(removal, current));
    if (removal.was_empty_file)
        LEASEHOLD_TRY(edit.draft.remove_header());
    edit.intent.header = removal.was_empty_file;
    return {};
}

} // namespace leasehold::kubeconfig
