// Leasehold in front of the exec plugins that kubeconfigs have already: which users that can be,
// and the profiles that stand for their plugins.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/profile_drafting/flags.hpp"
#include "kubeconfig/document/document.hpp"
#include "kubeconfig/view/wrappable.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// A name for the profile of a context: its own as far as profiles may be called so.
[[nodiscard]] std::string profile_name_of(std::string_view context);

struct PlannedWrapping {
    kubeconfig::Wrappable target;
    ProfileDraft draft;
    std::vector<ProfileDraft> siblings; // of the other clusters that the user is for
    kubeconfig::Wrapping wrapping;
    std::vector<std::string> notices; // things to tell
};

// What wrapping this context means; nothing is written. `flags` go to the profile as `profile add`
// takes them. Errors name the context.
[[nodiscard]] Result<PlannedWrapping> plan_wrapping(const Process& process,
                                                    const kubeconfig::Wrappable& target,
                                                    const std::string& profile,
                                                    std::vector<std::string> flags);

} // namespace leasehold::helper
