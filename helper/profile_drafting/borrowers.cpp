#include "helper/profile_drafting/borrowers.hpp"

#include "helper/providers/assembly.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace leasehold::helper {
namespace {

bool is_same_file(const std::string& one, const std::string& other) {
    struct stat first {};
    struct stat second {};
    return one == other ||
           (::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 &&
            first.st_dev == second.st_dev && first.st_ino == second.st_ino);
}

bool borrows(const lease::Profile& profile, const std::string& file, const std::string& context) {
    if (profile.kind->borrowed == nullptr)
        return false;
    const auto user = profile.kind->borrowed(profile.settings);
    return user && user->context == context &&
           std::any_of(user->files.begin(), user->files.end(),
                       [&](const std::string& one) { return is_same_file(one, file); });
}

} // namespace

Result<std::string> borrower_of(const Process& process, const lease::Profile& draft,
                                const std::string& kubeconfig, const std::string& context) {
    if (borrows(draft, kubeconfig, context))
        return draft.name;
    LEASEHOLD_TRY_ASSIGN(const auto names, lease::list_profiles(process.directories.profiles()));
    for (const std::string& name : names) {
        const auto profile = name == draft.name ? lease::Profile{} : load_profile(process, name);
        if (profile && profile->kind != nullptr && borrows(*profile, kubeconfig, context))
            return name;
    }
    return std::string();
}

} // namespace leasehold::helper
