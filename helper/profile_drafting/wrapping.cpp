#include "helper/profile_drafting/wrapping.hpp"

#include "helper/profile_drafting/kubeconfig_entry.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/providers.hpp"

namespace leasehold::helper {
namespace {

// One credential is bound to one cluster, and one user to one credential.
Result<void> check_one_cluster(const kubeconfig::Wrappable& target) {
    if (target.clusters.size() == 1)
        return {};
    std::string clusters;
    for (const std::string& name : target.clusters)
        clusters += (clusters.empty() ? "" : ", ") + quoted(name);
    return make_error(ErrorCode::configuration,
                      "the user " + quoted(target.user) + " of context " + quoted(target.context) +
                          " is that of several clusters: " + clusters,
                      "leasehold gives a credential to the one cluster that it is for: give each "
                      "context a user of its own, then wrap them");
}

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

Result<PlannedWrapping> plan_wrapping(const Process& process, const kubeconfig::Wrappable& target,
                                      const std::string& profile, std::vector<std::string> flags) {
    LEASEHOLD_TRY(check_one_cluster(target));
    Options options("profile add", "", "");
    options.positional("NAME");
    add_profile_flags(options);
    flags.insert(flags.begin(), {profile, "--provider", "exec", "--from-context", target.context});
    LEASEHOLD_TRY(options.parse(flags));
    PlannedWrapping plan{target, {}, {}, {}};
    auto draft = draft_profile(process, options, profile);
    if (!draft)
        return with_context("context " + quoted(target.context), std::move(draft).error());
    plan.draft = *std::move(draft);
    LEASEHOLD_TRY(check_profile(process, plan.draft));
    const lease::Profile& made = plan.draft.profile;
    const bool beta = target.api_version == "client.authentication.k8s.io/v1beta1";
    plan.wrapping.user = target.user;
    plan.wrapping.profile = profile;
    plan.wrapping.asks =
        made.kind->asks_a_person != nullptr && made.kind->asks_a_person(made.settings);
    LEASEHOLD_TRY_ASSIGN(plan.wrapping.exec,
                         exec_command_of(process, made, beta ? "v1beta1" : "v1", plan.notices));
    return plan;
}

} // namespace leasehold::helper
