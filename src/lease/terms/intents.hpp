// What becomes of a lease's id while the lease is being made, for whoever has to end it later.
#pragma once

#include <functional>
#include <string>

namespace leasehold::lease {

struct LeaseIntents {
    // The id of a lease that is about to be made, before anything is sent.
    std::function<void(const std::string& id)> intend = [](const std::string&) {};
    // It was not made, and nothing of it is in the cluster.
    std::function<void(const std::string& id)> forgo = [](const std::string&) {};
};

} // namespace leasehold::lease
