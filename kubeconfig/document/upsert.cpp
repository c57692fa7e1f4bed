#include "kubeconfig/document/edit.hpp"
#include "kubeconfig/document/items.hpp"
#include "kubeconfig/draft/marker.hpp"
#include "src/base/hostile_text.hpp"

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

Marker marker_for(const Draft& draft, Section section, const Entry& entry, bool was_empty_file) {
    const auto old = draft.find(section, name_in(section, entry));
    Marker marker{entry.profile};
    if (old && old->marker) {
        marker.list_was = old->marker->list_was;
        marker.current_was = old->marker->current_was;
        marker.moved_to = old->marker->moved_to;
        return marker;
    }
    marker.list_was = inherited_form(draft, section);
    if (was_empty_file && marker.list_was == absent_word)
        marker.list_was = empty_file_word;
    return marker;
}

// A context of the name that is not the profile's gives way to another name, which comes back;
// empty if there is none.
Result<std::optional<std::string>> move_aside(Edit& edit, const Entry& entry) {
    Draft& draft = edit.draft;
    const auto found = draft.find(Section::contexts, entry.context());
    if (!found || belongs_to(*found, entry.profile))
        return std::optional<std::string>();
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
    return std::optional(std::move(name));
}

Result<void> upsert_item(Edit& edit, Section section, const Entry& entry, bool was_empty_file) {
    Draft& draft = edit.draft;
    const std::string& name = name_in(section, entry);
    std::optional<std::string> moved;
    if (section == Section::contexts) {
        LEASEHOLD_TRY_ASSIGN(moved, move_aside(edit, entry));
    }
    Marker marker = marker_for(draft, section, entry, was_empty_file);
    if (moved)
        marker.moved_to = std::move(moved);
    const Value wanted = item_of(section, entry, marker);
    const auto old = draft.find(section, name);
    if (old && means(*old->node, wanted))
        return {};
    if (old)
        LEASEHOLD_TRY(draft.replace_item(section, old->index, wanted));
    else
        LEASEHOLD_TRY(draft.insert_item(section, wanted));
    edit.changes.push_back({old ? Change::Action::replaced : Change::Action::added,
                            std::string(singular(section)), name});
    const auto now = draft.find(section, name);
    if (!now || !means(*now->node, wanted))
        return draft.refuse(draft.root().start, "the new " + std::string(singular(section)) +
                                                    " could not be written faithfully");
    return {};
}

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

Result<void> upsert_entry(Edit& edit, const Entry& entry, bool force) {
    LEASEHOLD_TRY(check_texts(entry));
    for (const Section section : sections) {
        if (!force)
            LEASEHOLD_TRY(check_ownership(edit.draft, section, entry));
        edit.intent.elements.insert({section, name_in(section, entry)});
    }
    const bool was_empty_file = edit.draft.is_empty();
    edit.intent.header = was_empty_file;
    if (was_empty_file)
        LEASEHOLD_TRY(edit.draft.add_header());
    for (const Section section : sections)
        LEASEHOLD_TRY(upsert_item(edit, section, entry, was_empty_file));
    return {};
}

} // namespace leasehold::kubeconfig
