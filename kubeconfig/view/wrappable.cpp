#include "kubeconfig/view/wrappable.hpp"

#include <algorithm>
#include <string_view>

namespace leasehold::kubeconfig {
namespace {

bool is_leasehold(std::string_view command) {
    return command.substr(command.rfind('/') + 1) == "leasehold";
}

// The contexts that clients see; a file read before may hide one.
std::vector<const Listed*> seen_contexts(const View& view) {
    std::vector<const Listed*> seen;
    for (const ViewedFile& file : view.files)
        for (const Listed& entry : file.listing.entries)
            if (entry.section == Section::contexts &&
                find(view, Section::contexts, entry.name).entry == &entry)
                seen.push_back(&entry);
    return seen;
}

} // namespace

std::vector<Wrappable> find_wrappables(const View& view) {
    std::vector<Wrappable> found;
    for (const Listed* context : seen_contexts(view)) {
        const auto [file, user] = find(view, Section::users, context->user);
        if (context->profile || user == nullptr || user->command.empty() ||
            (is_leasehold(user->command) && !user->wrapped))
            continue;
        auto known = std::find_if(found.begin(), found.end(),
                                  [&](const Wrappable& one) { return one.user == context->user; });
        if (known == found.end())
            known = found.insert(found.end(), {context->name,
                                               context->cluster,
                                               user->name,
                                               file->path,
                                               user->wrapped ? "" : user->command,
                                               user->api_version,
                                               user->wrapped,
                                               {}});
        auto& clusters = known->clusters;
        const bool seen = std::any_of(clusters.begin(), clusters.end(), [&](const auto& one) {
            return one.name == context->cluster;
        });
        if (!seen)
            clusters.push_back({context->cluster, context->name});
    }
    return found;
}

} // namespace leasehold::kubeconfig
