// The contexts whose users have an exec plugin of another program's, with leasehold in front of it
// or not.
#pragma once

#include "kubeconfig/view/view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::kubeconfig {

struct Wrappable {
    std::string context;
    std::string cluster; // of the context
    std::string user;
    std::string file;                   // that has the user
    std::string command;                // the plugin's, while it is not wrapped
    std::string api_version;            // of the entry
    std::optional<std::string> profile; // in front of it
    struct Cluster {
        std::string name;
        std::string context; // the first of this user there
    };
    std::vector<Cluster> clusters; // of all contexts that have this user, each once
};

// All that clients see, in their order, each user once, under its first context. Users that are
// leasehold's own are none.
[[nodiscard]] std::vector<Wrappable> find_wrappables(const View& view);

} // namespace leasehold::kubeconfig
