// A kubeconfig that stands for itself, made anew: for a run of `leasehold exec`, and for places
// where no plugin can run. (kubeconfig/document edits those that people have.)
#pragma once

#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace leasehold::helper {

// One context, under the profile's name, with the profile's cluster.
struct PlainContext {
    const lease::Profile& profile;
    boost::json::object user; // as in a kubeconfig
    std::string namespace_;   // "": the profile's
};

// As YAML; the first context is current. The CA is in it, and so is a proxy's password: nothing but
// the users decides whether it is a secret.
[[nodiscard]] Result<std::string> plain_kubeconfig(const std::vector<PlainContext>& contexts);

} // namespace leasehold::helper
