// Which kubeconfig contexts profiles ask with: whoever replaced one would take away an identity.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/providers.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

class Borrowers {
public:
    // Reads every profile; an error is that they cannot be listed.
    [[nodiscard]] static Result<Borrowers> load(const Process& process);

    // The name of a profile that asks with the user of this context of this kubeconfig; "" if none
    // does. `draft`, which may not be written yet, stands for the profile of its name.
    [[nodiscard]] std::string of(const lease::Profile& draft, const std::string& kubeconfig,
                                 const std::string& context) const;

private:
    struct Borrower {
        std::string profile;
        lease::BorrowedUser user;
    };

    std::vector<Borrower> borrowers_;
};

} // namespace leasehold::helper
