#include "helper/profile_drafting/entry_addition.hpp"

#include "helper/profile_drafting/borrowers.hpp"
#include "helper/profile_drafting/temporary.hpp"
#include "kubeconfig/document/document.hpp"
#include "kubeconfig/file/file.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/show/diff.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <map>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using kubeconfig::KubeconfigDocument;

// An order that may be carried out.
struct Planned {
    std::size_t order = 0; // which
    const EntryWish* wish = nullptr;
    kubeconfig::Entry entry;
    std::vector<std::string> notices = {};
};

// What is planned for each file, in the order of asking.
using Plan = std::vector<std::pair<std::string, std::vector<Planned>>>;

// Each set of files is looked at once.
class Views {
public:
    explicit Views(const Process& process) : process_(process) {}

    // Of all files of which `file` is one: those of KUBECONFIG, or the one that was named.
    const kubeconfig::View& around(const std::string& file) {
        auto files = kubeconfig::kubeconfig_files(std::nullopt, process_.environment);
        if (!files || std::find(files->begin(), files->end(), file) == files->end())
            files = std::vector{file};
        const auto [found, is_new] = views_.try_emplace(*files);
        if (is_new)
            found->second = kubeconfig::look(*files);
        return found->second;
    }

private:
    const Process& process_;
    std::map<std::vector<std::string>, kubeconfig::View> views_;
};

// Where the profile has an entry already, else where kubectl would write one.
Result<std::string> choose_file(const Process& process, Views& views, const std::string& profile,
                                const EntryWish& wish) {
    LEASEHOLD_TRY_ASSIGN(std::string usual,
                         kubeconfig::kubeconfig_to_edit(wish.kubeconfig, process.environment));
    if (wish.kubeconfig)
        return usual;
    const auto present = kubeconfig::files_with(views.around(usual), {profile});
    return present.empty() ? usual : present.front();
}

// The same name in another file: one of the two would be hidden from clients.
Result<void> check_rivals(const kubeconfig::View& view, const std::string& path, Planned& planned) {
    using kubeconfig::Section;
    const kubeconfig::Entry& entry = planned.entry;
    for (const auto& [section, name] :
         {std::pair(Section::clusters, entry.cluster()), std::pair(Section::users, entry.user()),
          std::pair(Section::contexts, entry.context())}) {
        const auto found = kubeconfig::rival(view, path, section, name, entry.profile);
        if (found.entry == nullptr)
            continue;
        const bool theirs_first = kubeconfig::is_before(view, found.file->path, path);
        const std::string message =
            "there is another " + std::string(kubeconfig::singular(section)) + ' ' + quoted(name) +
            " in " + found.file->path + ", and clients would take " +
            (theirs_first ? "that one: they read it first" : "ours: they read it first");
        if (!planned.wish->force)
            return make_error(ErrorCode::configuration, message,
                              "choose another name with --context, or write it all the same with "
                              "--force");
        planned.notices.push_back(message);
    }
    return {};
}

// Not even with --force: nobody could ask any more.
Result<void> check_borrowers(const Borrowers& borrowers, const lease::Profile& profile,
                             const std::string& file, const std::string& context) {
    const std::string borrower = borrowers.of(profile, file, context);
    if (borrower.empty())
        return {};
    const std::string other = context == profile.name ? context + "-leased" : profile.name;
    return make_error(ErrorCode::configuration,
                      "the context " + quoted(context) + " of " + file + " is what profile " +
                          borrower + " asks for its tokens with",
                      "give the new context another name: --context " + other);
}

std::vector<Planned>& planned_for(Plan& plan, const std::string& file) {
    for (auto& [path, planned] : plan)
        if (path == file)
            return planned;
    return plan.emplace_back(file, std::vector<Planned>()).second;
}

// Whatever can be known to fail fails here.
Result<Plan> make_plan(const Process& process, Views& views,
                       const std::vector<EntryOrder>& orders) {
    LEASEHOLD_TRY_ASSIGN(const Borrowers borrowers, Borrowers::load(process));
    Plan plan;
    for (std::size_t i = 0; i < orders.size(); ++i) {
        const auto& [profile, wish] = orders[i];
        LEASEHOLD_TRY_ASSIGN(const std::string path,
                             choose_file(process, views, profile->name, wish));
        Planned planned{i, &wish, {}};
        LEASEHOLD_TRY_ASSIGN(planned.entry, make_entry(process, *profile, wish, planned.notices));
        LEASEHOLD_TRY(kubeconfig::check_entry(planned.entry, path));
        LEASEHOLD_TRY(check_borrowers(borrowers, *profile, path, planned.entry.context()));
        if (const auto notice = temporary_file(process, path))
            planned.notices.push_back("the entry goes to " + *notice);
        LEASEHOLD_TRY(check_rivals(views.around(path), path, planned));
        planned_for(plan, path).push_back(std::move(planned));
    }
    return plan;
}

// Adding to one file: the outcomes, and the text as it was and would be.
struct Edited {
    std::vector<EntryOutcome> outcomes;
    std::string old;
    std::string text;
};

bool is_about(const kubeconfig::Change& change, const kubeconfig::Entry& entry) {
    return (change.what == "cluster" && change.name == entry.cluster()) ||
           (change.what == "user" && change.name == entry.user()) ||
           (change.what == "context" && change.name == entry.context());
}

EntryOutcome outcome_of(const Planned& planned, const std::vector<kubeconfig::Change>& changes) {
    EntryOutcome outcome;
    outcome.context = planned.entry.context();
    outcome.notices = planned.notices;
    for (const kubeconfig::Change& change : changes) {
        if (!is_about(change, planned.entry))
            continue;
        outcome.changed = true;
        if (change.action == kubeconfig::Change::Action::renamed)
            outcome.notices.push_back("the context " + quoted(change.name) +
                                      " that was there is kept as " + quoted(change.note) +
                                      "; 'leasehold kubeconfig remove " + planned.entry.profile +
                                      "' gives it its name back");
    }
    return outcome;
}

Result<void> make_current(KubeconfigDocument& document, EntryOutcome& outcome) {
    LEASEHOLD_TRY_ASSIGN(const auto changes, document.set_current_context(outcome.context));
    outcome.changed = outcome.changed || !changes.empty();
    outcome.current = document.current_context();
    return {};
}

Result<Edited> edit_text(std::string old, const std::string& path,
                         const std::vector<Planned>& all) {
    LEASEHOLD_TRY_ASSIGN(auto document, KubeconfigDocument::parse(old, path));
    const std::string current = document.current_context();
    std::vector<kubeconfig::Entry> entries;
    for (const Planned& planned : all)
        entries.push_back(planned.entry);
    LEASEHOLD_TRY_ASSIGN(const auto changes, document.upsert(entries, all.front().wish->force));
    Edited edited{{}, std::move(old), {}};
    for (const Planned& planned : all) {
        EntryOutcome& outcome = edited.outcomes.emplace_back(outcome_of(planned, changes));
        outcome.file = path;
        outcome.previous_current = outcome.current = current;
        if (planned.wish->set_current)
            LEASEHOLD_TRY(make_current(document, outcome));
    }
    edited.text = document.text();
    return edited;
}

// The first file that says which context is current decides.
void see_current(const kubeconfig::View& view, bool set_current, EntryOutcome& outcome) {
    for (const kubeconfig::ViewedFile& file : view.files) {
        if (file.path == outcome.file)
            return;
        const std::string& current = file.listing.current_context;
        if (current.empty())
            continue;
        if (set_current && current != outcome.context)
            outcome.notices.push_back("the current context stays " + quoted(current) + ", which " +
                                      file.path +
                                      " says and clients read first; change it with: kubectl "
                                      "config use-context " +
                                      outcome.context);
        outcome.previous_current = outcome.current = current;
        return;
    }
}

// A copy of the file as it is, beside it; the one before is replaced.
Result<void> keep_copy(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0)
        return {};
    LEASEHOLD_TRY_ASSIGN(const std::string text, kubeconfig::read_kubeconfig(path));
    return write_file(path + ".before-leasehold", text, 0600);
}

Result<Edited> add_to_file(const std::string& path, const std::vector<Planned>& all) {
    const EntryWish& wish = *all.front().wish;
    Edited edited;
    const auto edit = [&](std::string old) -> Result<std::string> {
        LEASEHOLD_TRY_ASSIGN(edited, edit_text(std::move(old), path, all));
        return edited.text;
    };
    if (wish.backup && !wish.dry_run) {
        LEASEHOLD_TRY(kubeconfig::edit_file(path, {.dry_run = true}, edit));
        if (edited.text != edited.old)
            LEASEHOLD_TRY(keep_copy(path));
    }
    LEASEHOLD_TRY(kubeconfig::edit_file(
        path, {.break_lock = wish.break_lock, .dry_run = wish.dry_run}, edit));
    return edited;
}

} // namespace

Result<Additions> add_entries(const Process& process, const std::vector<EntryOrder>& orders) {
    Views views(process);
    LEASEHOLD_TRY_ASSIGN(const Plan plan, make_plan(process, views, orders));
    Additions additions;
    std::map<std::size_t, EntryOutcome> outcomes; // by order
    for (const auto& [path, all] : plan) {
        auto edited = add_to_file(path, all);
        if (!edited) {
            additions.error = std::move(edited).error();
            break;
        }
        if (all.front().wish->dry_run)
            additions.diff += kubeconfig::unified_diff(edited->old, edited->text, path);
        for (std::size_t i = 0; i < all.size(); ++i) {
            see_current(views.around(path), all[i].wish->set_current, edited->outcomes[i]);
            outcomes[all[i].order] = std::move(edited->outcomes[i]);
        }
    }
    for (auto& [order, outcome] : outcomes)
        additions.entries.push_back(std::move(outcome));
    return additions;
}

Result<EntryOutcome> add_entry(const Process& process, const lease::Profile& profile,
                               const EntryWish& wish) {
    LEASEHOLD_TRY_ASSIGN(Additions additions, add_entries(process, {{&profile, wish}}));
    if (additions.error)
        return *std::move(additions.error);
    return std::move(additions.entries.front());
}

Result<std::string> entries_alone(const Process& process,
                                  const std::vector<lease::Profile>& profiles,
                                  const EntryWish& wish, std::vector<std::string>& notices) {
    std::vector<EntryWish> wishes;
    for (const lease::Profile& profile : profiles) {
        wishes.push_back(for_profile(wish, profile.name));
        wishes.back().set_current = wishes.size() == 1;
    }
    std::vector<Planned> all;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        Planned planned{i, &wishes[i], {}};
        LEASEHOLD_TRY_ASSIGN(planned.entry, make_entry(process, profiles[i], wishes[i], notices));
        LEASEHOLD_TRY(kubeconfig::check_entry(planned.entry, "/dev/stdout"));
        all.push_back(std::move(planned));
    }
    LEASEHOLD_TRY_ASSIGN(Edited edited, edit_text({}, "", all));
    return std::move(edited.text);
}

} // namespace leasehold::helper
