#include "kubeconfig/document/document.hpp"

#include "kubeconfig/document/edit.hpp"
#include "kubeconfig/document/wrap.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/kubeconfig_form.hpp"

#include <array>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view current_context_key = "current-context";

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
            bytes ? (dangling ? dangling_word : text_word) + *bytes : std::string(absent_word);
        edit.intent.elements.insert({Section::contexts, context});
        LEASEHOLD_TRY(edit.draft.remember(item.index, current_was_key, was));
    }
    edit.intent.current_context = context;
    edit.changes.push_back({Change::Action::replaced, std::string(current_context_key), context,
                            current.empty() ? "" : "was " + quoted(current)});
    return edit.draft.set_current_context(context);
}

Listed listed_item(Section section, const Item& item) {
    Listed one;
    one.section = section;
    one.name = item.name;
    if (item.marker)
        one.profile = item.marker->profile;
    if (item.body == nullptr)
        return one;
    if (section == Section::contexts) {
        one.cluster = item.body->text("cluster");
        one.user = item.body->text("user");
        one.namespace_ = item.body->text("namespace");
    }
    const YamlNode* exec = section == Section::users ? item.body->find("exec") : nullptr;
    if (exec != nullptr) {
        one.command = exec->text("command");
        one.api_version = exec->text("apiVersion");
        one.says_interactive_mode = !exec->text("interactiveMode").empty();
        one.wrapped = wrapping_profile(*item.body);
    }
    return one;
}

std::vector<Listed> listed(const Draft& draft, std::string_view name) {
    std::vector<Listed> list;
    for (const Section section : sections) {
        for (const Item& item : draft.items(section)) {
            list.push_back(listed_item(section, item));
            list.back().position = yaml_position(name, item.node->start);
        }
    }
    return list;
}

} // namespace

Result<KubeconfigDocument> KubeconfigDocument::parse(std::string text, std::string name) {
    const TextEncoding encoding = encoding_of(text);
    if (encoding != TextEncoding::utf8) {
        auto utf8 = to_utf8(text, encoding);
        if (!utf8)
            return make_error(ErrorCode::configuration,
                              hostile_text(name, 1024) + ": this is not whole UTF-16");
        text = *std::move(utf8);
    }
    LEASEHOLD_TRY_ASSIGN(Draft draft, Draft::read(std::move(text), name));
    std::string kept = draft.text();
    return KubeconfigDocument(std::move(kept), std::move(name), std::move(draft).take_root(),
                              encoding);
}

std::vector<Listed> KubeconfigDocument::entries() const {
    return listed(Draft(text_, name_, root_), name_);
}

Result<Listing> list_entries(std::string_view bytes, std::string name) {
    LEASEHOLD_TRY_ASSIGN(YamlNode root, read_kubeconfig_yaml(bytes, name));
    const Draft draft({}, name, std::move(root));
    return Listing{listed(draft, name), std::string(draft.root().text(current_context_key))};
}

std::string KubeconfigDocument::current_context() const {
    return std::string(root_.text(current_context_key));
}

Result<std::vector<Change>> KubeconfigDocument::finish(Edit edit) {
    LEASEHOLD_TRY(verify(edit.draft, root_, edit.intent));
    text_ = edit.draft.text();
    root_ = std::move(edit.draft).take_root();
    bytes_ = encoded();
    return std::move(edit.changes);
}

Result<std::vector<Change>> KubeconfigDocument::upsert(const std::vector<Entry>& entries,
                                                       bool force) {
    Edit edit{Draft(text_, name_, root_)};
    LEASEHOLD_TRY(upsert_entries(edit, entries, force));
    return finish(std::move(edit));
}

Result<std::vector<Change>> KubeconfigDocument::remove(const ProfileNames& profiles) {
    Edit edit{Draft(text_, name_, root_)};
    LEASEHOLD_TRY(remove_profiles(edit, profiles));
    return finish(std::move(edit));
}

Result<std::vector<Change>> KubeconfigDocument::wrap(const std::vector<Wrapping>& wrappings) {
    Edit edit{Draft(text_, name_, root_)};
    LEASEHOLD_TRY(wrap_users(edit, wrappings));
    return finish(std::move(edit));
}

Result<std::vector<Change>> KubeconfigDocument::unwrap(const std::vector<std::string>& users) {
    Edit edit{Draft(text_, name_, root_)};
    LEASEHOLD_TRY(unwrap_users(edit, users));
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
