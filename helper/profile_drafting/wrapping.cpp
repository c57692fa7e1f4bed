#include "helper/profile_drafting/wrapping.hpp"

#include "helper/profile_drafting/kubeconfig_entry.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/providers.hpp"

#include <set>

namespace leasehold::helper {
namespace {

// What another profile of this name is for stays.
Result<void> check_profile(const Process& process, const ProfileDraft& draft) {
    const auto old = lease::load_profile(process.directories.profiles(), draft.profile.name,
                                         process.directories.home);
    const bool free = !read_profile_text(draft.profile.path);
    const bool same_kind = old && old->kind == draft.profile.kind &&
                           old->cluster.server.text() == draft.profile.cluster.server.text();
    if (free || same_kind)
        return {};
    return make_error(ErrorCode::configuration,
                      "there is another profile " + quoted(draft.profile.name) + " already",
                      "choose a name with --profile");
}

} // namespace

std::string profile_name_of(std::string_view context) {
    constexpr std::size_t longest = 63;
    std::string name;
    for (const char c : context) {
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool plain = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') ||
                           (!name.empty() && (low == '.' || low == '_'));
        if (plain)
            name.push_back(low);
        else if (!name.empty() && name.back() != '-')
            name.push_back('-');
    }
    while (name.ends_with('-'))
        name.pop_back();
    if (name.size() > longest)
        name = name.substr(0, longest - 9) + '-' + sha256_hex(context).substr(0, 8);
    return is_profile_name(name) ? name : "context-" + sha256_hex(context).substr(0, 8);
}

namespace {

Result<ProfileDraft> draft_of(const Process& process, const std::string& context,
                              const std::string& profile, std::vector<std::string> flags) {
    Options options("profile add", "", "");
    options.positional("NAME");
    add_profile_flags(options);
    flags.insert(flags.begin(), {profile, "--provider", "exec", "--from-context", context});
    LEASEHOLD_TRY(options.parse(flags));
    auto draft = draft_profile(process, options, profile);
    if (!draft)
        return with_context("context " + quoted(context), std::move(draft).error());
    LEASEHOLD_TRY(check_profile(process, *draft));
    return draft;
}

// A profile for each other cluster that the user is for: one credential is bound to one cluster.
Result<void> plan_siblings(const Process& process, PlannedWrapping& plan,
                           const std::string& profile, std::vector<std::string>& flags) {
    const auto& clusters = plan.target.clusters;
    if (clusters.size() == 1)
        return {};
    flags.emplace_back("--require-cluster-info");
    const std::vector<std::string> common = flags;
    std::set<std::string> names{profile};
    for (const auto& [cluster, context] : clusters) {
        if (cluster == plan.target.cluster)
            continue;
        const std::string name = profile_name_of(context);
        if (!names.insert(name).second)
            return make_error(ErrorCode::configuration,
                              "the profile of context " + quoted(context) + " would be called " +
                                  quoted(name) + ", as that of another context of user " +
                                  quoted(plan.target.user),
                              "rename the context, or choose a name for the first with --profile");
        LEASEHOLD_TRY_ASSIGN(ProfileDraft draft, draft_of(process, context, name, common));
        plan.siblings.push_back(std::move(draft));
        flags.push_back("--sibling=" + name);
    }
    return {};
}

// Else it would be nobody's to say which of them is asked for.
Result<void> check_clusters_are_told(const Process& process, const PlannedWrapping& plan) {
    bool told = plan.siblings.empty() || plan.wrapping.exec.provide_cluster_info;
    for (const ProfileDraft& other : plan.siblings) {
        std::vector<std::string> notices;
        LEASEHOLD_TRY_ASSIGN(const auto exec,
                             exec_command_of(process, other.profile, "v1", notices));
        told = told && exec.provide_cluster_info;
    }
    if (told)
        return {};
    return make_error(ErrorCode::configuration,
                      "the user " + quoted(plan.target.user) +
                          " is that of several clusters, and "
                          "the CA of one is too large to be passed to a plugin",
                      "give each context a user of its own, then wrap them");
}

} // namespace

Result<PlannedWrapping> plan_wrapping(const Process& process, const kubeconfig::Wrappable& target,
                                      const std::string& profile, std::vector<std::string> flags) {
    PlannedWrapping plan{target, {}, {}, {}, {}};
    LEASEHOLD_TRY(plan_siblings(process, plan, profile, flags));
    LEASEHOLD_TRY_ASSIGN(plan.draft, draft_of(process, target.context, profile, std::move(flags)));
    const lease::Profile& made = plan.draft.profile;
    const bool beta = target.api_version == "client.authentication.k8s.io/v1beta1";
    plan.wrapping.user = target.user;
    plan.wrapping.profile = profile;
    plan.wrapping.asks =
        made.kind->asks_a_person != nullptr && made.kind->asks_a_person(made.settings);
    LEASEHOLD_TRY_ASSIGN(plan.wrapping.exec,
                         exec_command_of(process, made, beta ? "v1beta1" : "v1", plan.notices));
    LEASEHOLD_TRY(check_clusters_are_told(process, plan));
    return plan;
}

} // namespace leasehold::helper
