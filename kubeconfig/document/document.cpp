#include "kubeconfig/document/document.hpp"

#include "kubeconfig/document/edit.hpp"
#include "src/base/hostile_text.hpp"

#include <array>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view k_current_context = "current-context";

// The parsed document must hold what was asked and nothing else that is new.
Result<void> verify(const Draft& draft, const YamlNode& before, const Intent& intent) {
    if (const auto difference = unintended_difference(before, draft.root(), intent))
        return draft.refuse(before.start,
                            "the file cannot be edited safely: " + *difference + " would change");
    return {};
}

// The new current-context is remembered together with the old one, if the context is ours.
Result<void> point_to(Edit& edit, const Item& item, const std::string& current) {
    LEASEHOLD_TRY_ASSIGN(const auto bytes, edit.draft.current_context_bytes());
    const std::string context(item.name);
    if (item.marker) {
        const bool dangling = !current.empty() && !edit.draft.find(Section::contexts, current);
        const std::string was =
            bytes ? (dangling ? k_was_dangling : k_was_text) + *bytes : std::string(k_was_absent);
        edit.intent.elements.insert({Section::contexts, context});
        LEASEHOLD_TRY(edit.draft.remember_current(item.index, was));
    }
    edit.intent.current_context = context;
    edit.changes.push_back({Change::Action::replaced, std::string(k_current_context), context,
                            current.empty() ? "" : "was " + quoted(current)});
    return edit.draft.set_current_context(context);
}

} // namespace

Result<KubeconfigDocument> KubeconfigDocument::parse(std::string text, std::string name) {
    LEASEHOLD_TRY_ASSIGN(Draft draft, Draft::read(std::move(text), name));
    std::string kept = draft.text();
    return KubeconfigDocument(std::move(kept), std::move(name), std::move(draft).take_root());
}

std::vector<Listed> KubeconfigDocument::entries() const {
    const Draft draft(text_, name_, root_);
    std::vector<Listed> listed;
    for (const Section section : k_sections) {
        for (const Item& item : draft.items(section)) {
            Listed one;
            one.section = section;
            one.name = item.name;
            if (item.marker)
                one.profile = item.marker->profile;
            if (section == Section::contexts && item.body != nullptr) {
                one.cluster = item.body->text("cluster");
                one.user = item.body->text("user");
                one.namespace_ = item.body->text("namespace");
            }
            one.position = yaml_position(name_, item.node->start);
            listed.push_back(std::move(one));
        }
    }
    return listed;
}

std::string KubeconfigDocument::current_context() const {
    return std::string(root_.text(k_current_context));
}

Result<std::vector<Change>> KubeconfigDocument::finish(Edit edit) {
    LEASEHOLD_TRY(verify(edit.draft, root_, edit.intent));
    text_ = edit.draft.text();
    root_ = std::move(edit.draft).take_root();
    return std::move(edit.changes);
}

Result<std::vector<Change>> KubeconfigDocument::upsert(const Entry& entry, bool force) {
    Edit edit{Draft(text_, name_, root_)};
    LEASEHOLD_TRY(upsert_entry(edit, entry, force));
    return finish(std::move(edit));
}

Result<std::vector<Change>> KubeconfigDocument::remove(std::string_view profile) {
    Edit edit{Draft(text_, name_, root_)};
    LEASEHOLD_TRY(remove_profile(edit, profile));
    return finish(std::move(edit));
}

Result<std::vector<Change>> KubeconfigDocument::set_current_context(std::string_view context) {
    Edit edit{Draft(text_, name_, root_)};
    const auto item = edit.draft.find(Section::contexts, context);
    if (!item || context.empty())
        return make_error(ErrorCode::configuration,
                          hostile_text(name_, 1024) + " has no context " + quoted(context));
    if (current_context() == context)
        return std::vector<Change>();
    LEASEHOLD_TRY(point_to(edit, *item, current_context()));
    return finish(std::move(edit));
}

} // namespace leasehold::kubeconfig
