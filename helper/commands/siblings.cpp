#include "helper/commands/siblings.hpp"

#include "helper/providers/assembly.hpp"
#include "src/lease/profile/profile.hpp"

#include <algorithm>

namespace leasehold::helper {

Result<std::vector<std::string>> profiles_that_name(const Process& process,
                                                    const std::string& name) {
    LEASEHOLD_TRY_ASSIGN(const auto names, lease::list_profiles(process.directories.profiles()));
    std::vector<std::string> found;
    for (const std::string& one : names)
        if (const auto profile = load_profile(process, one);
            profile && std::count(profile->siblings.begin(), profile->siblings.end(), name) > 0)
            found.push_back(one);
    return found;
}

} // namespace leasehold::helper
