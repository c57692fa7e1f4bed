#include "kubeconfig/document/edit.hpp"
#include "kubeconfig/document/items.hpp"
#include "kubeconfig/draft/marker.hpp"
#include "src/base/hostile_text.hpp"

#include <map>

namespace leasehold::kubeconfig {
namespace {

Result<void> check_ownership(const Draft& draft, Section section, const Entry& entry) {
    const std::string& name = name_in(section, entry);
    const auto item = draft.find(section, name);
    if (!item || belongs_to(*item, entry.profile))
        return {};
    const std::string owner = item->marker
                                  ? "belongs to the profile " + quoted(item->marker->profile)
                                  : std::string("was not made by leasehold");
    Error error = draft.refuse(item->node->start, "the " + std::string(singular(section)) + ' ' +
                                                      quoted(name) + ' ' + owner);
    error.hint = "choose another name, or replace it with --force";
    return error;
}

// `list-was` of the first element of ours: the later ones inherit it, whatever the order in which
// they are removed.
std::optional<std::string> inherited_form(const Draft& draft, Section section) {
    for (const Item& item : draft.items(section)) {
        if (item.marker)
            return item.marker->list_was;
    }
    return draft.list_form(section);
}

Marker marker_for(const std::optional<Item>& old, const Entry& entry,
                  const std::optional<std::string>& list_was) {
    Marker marker{entry.profile};
    if (!old || !old->marker) {
        marker.list_was = list_was;
        return marker;
    }
    marker.list_was = old->marker->list_was;
    marker.current_was = old->marker->current_was;
    marker.moved_to = old->marker->moved_to;
    return marker;
}

// The context of the entry's name, which is not the profile's, gives way to another name, which
// comes back.
Result<std::string> move_aside(Edit& edit, const Entry& entry) {
    Draft& draft = edit.draft;
    const auto found = draft.find(Section::contexts, entry.context());
    std::string end(moved_end);
    for (int i = 2; draft.find(Section::contexts, entry.context() + end); ++i)
        end = std::string(moved_end) + '-' + std::to_string(i);
    const YamlNode before = *found->node;
    LEASEHOLD_TRY(draft.lengthen_name(Section::contexts, found->index, end));
    std::string name = entry.context() + end;
    const auto after = draft.find(Section::contexts, name);
    if (!after || !same_but_for_name(before, *after->node))
        return draft.refuse(draft.root().start,
                            "the context " + quoted(entry.context()) + " could not be renamed");
    edit.intent.elements.insert({Section::contexts, name});
    edit.changes.push_back({Change::Action::renamed, "context", entry.context(), name});
    return name;
}

// The elements of one list: gathered, and written together.
class Upsert {
public:
    Upsert(Edit& edit, Section section, bool was_empty_file)
        : edit_(edit), section_(section), list_was_(inherited_form(edit.draft, section)) {
        if (was_empty_file && list_was_ == absent_word)
            list_was_ = empty_file_word;
    }

    Result<void> add(const Entry& entry, bool force) {
        const std::string& name = name_in(section_, entry);
        // What is gathered is not in the draft yet, which is asked for this name.
        if (wanted_.contains(name)) {
            LEASEHOLD_TRY(write());
            if (!force)
                LEASEHOLD_TRY(check_ownership(edit_.draft, section_, entry));
        }
        std::optional<std::string> moved;
        if (section_ == Section::contexts && is_anothers(entry)) {
            LEASEHOLD_TRY(write());
            LEASEHOLD_TRY_ASSIGN(moved, move_aside(edit_, entry));
        }
        const auto old = edit_.draft.find(section_, name);
        Marker marker = marker_for(old, entry, list_was_);
        if (moved)
            marker.moved_to = std::move(moved);
        Value wanted = item_of(section_, entry, marker);
        if (old && means(*old->node, wanted))
            return {};
        edit_.changes.push_back({old ? Change::Action::replaced : Change::Action::added,
                                 std::string(singular(section_)), name});
        if (old)
            replaced_.emplace(old->index, wanted);
        else
            added_.push_back(wanted);
        wanted_.emplace(name, std::move(wanted));
        return {};
    }

    Result<void> write() {
        LEASEHOLD_TRY(edit_.draft.replace_items(section_, replaced_));
        LEASEHOLD_TRY(edit_.draft.insert_items(section_, added_));
        for (const auto& [name, wanted] : wanted_) {
            const auto now = edit_.draft.find(section_, name);
            if (!now || !means(*now->node, wanted))
                return edit_.draft.refuse(edit_.draft.root().start,
                                          "the new " + std::string(singular(section_)) +
                                              " could not be written faithfully");
        }
        replaced_.clear();
        added_.clear();
        wanted_.clear();
        return {};
    }

private:
    [[nodiscard]] bool is_anothers(const Entry& entry) const {
        const auto found = edit_.draft.find(section_, name_in(section_, entry));
        return found && !belongs_to(*found, entry.profile);
    }

    Edit& edit_;
    Section section_;
    std::optional<std::string> list_was_; // before the first element of ours
    std::map<std::size_t, Value> replaced_ = {};
    std::vector<Value> added_ = {};
    std::map<std::string, Value> wanted_ = {}; // all of these
};

Result<void> check_texts(const Entry& entry) {
    std::vector<std::string_view> texts = {entry.name,
                                           entry.cluster(),
                                           entry.user(),
                                           entry.context(),
                                           entry.profile,
                                           entry.server,
                                           entry.certificate_authority_data,
                                           entry.tls_server_name,
                                           entry.proxy_url,
                                           entry.namespace_,
                                           entry.exec.command,
                                           entry.exec.api_version,
                                           entry.exec.install_hint};
    texts.insert(texts.end(), entry.exec.args.begin(), entry.exec.args.end());
    for (const std::string_view text : texts) {
        if (!is_faithful_text(text))
            return make_error(ErrorCode::configuration,
                              quoted(text) + " has control or invisible characters, which do not "
                                             "go into a kubeconfig");
    }
    return {};
}

} // namespace

Result<void> upsert_entries(Edit& edit, const std::vector<Entry>& entries, bool force) {
    for (const Entry& entry : entries) {
        LEASEHOLD_TRY(check_texts(entry));
        for (const Section section : sections) {
            if (!force)
                LEASEHOLD_TRY(check_ownership(edit.draft, section, entry));
            edit.intent.elements.insert({section, name_in(section, entry)});
        }
    }
    const bool was_empty_file = edit.draft.is_empty();
    edit.intent.header = was_empty_file;
    if (was_empty_file)
        LEASEHOLD_TRY(edit.draft.add_header());
    for (const Section section : sections) {
        Upsert upsert(edit, section, was_empty_file);
        for (const Entry& entry : entries)
            LEASEHOLD_TRY(upsert.add(entry, force));
        LEASEHOLD_TRY(upsert.write());
    }
    return {};
}

} // namespace leasehold::kubeconfig
