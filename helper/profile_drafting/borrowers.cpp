#include "helper/profile_drafting/borrowers.hpp"

#include "helper/providers/assembly.hpp"

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

std::optional<lease::BorrowedUser> borrowed_by(const lease::Profile& profile) {
    return profile.kind == nullptr || profile.kind->borrowed == nullptr
               ? std::nullopt
               : profile.kind->borrowed(profile.settings);
}

bool is_user_of(const lease::BorrowedUser& user, const std::string& file,
                const std::string& context) {
    return user.context == context &&
           std::any_of(user.files.begin(), user.files.end(),
                       [&](const std::string& one) { return is_same_file(one, file); });
}

} // namespace

Result<Borrowers> Borrowers::load(const Process& process) {
    LEASEHOLD_TRY_ASSIGN(const auto names, lease::list_profiles(process.directories.profiles()));
    Borrowers all;
    for (const std::string& name : names)
        if (const auto profile = load_profile(process, name))
            if (auto user = borrowed_by(*profile))
                all.borrowers_.push_back({name, *std::move(user)});
    return all;
}

std::string Borrowers::of(const lease::Profile& draft, const std::string& kubeconfig,
                          const std::string& context) const {
    const auto own = borrowed_by(draft);
    if (own && is_user_of(*own, kubeconfig, context))
        return draft.name;
    for (const Borrower& one : borrowers_)
        if (one.profile != draft.name && is_user_of(one.user, kubeconfig, context))
            return one.profile;
    return {};
}

} // namespace leasehold::helper
