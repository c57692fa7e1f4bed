// What a client's call may decide. A client puts a kubeconfig's exec.env over its own environment
// and starts the plugin with that, so that the kubeconfig's author, who need not be the user,
// writes our environment. What the client itself was started with is the user's (INP-2).
#pragma once

#include "src/base/environment.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::helper {

// A call's environment, parted.
struct PartedEnvironment {
    Environment counts;
    Environment withheld; // the rest, with the values that were given
};

// Of what is set now that counts which the client was started with too, what stands at its usual
// place for the owner of `home` and `uid`, and what can choose neither a file, nor a program, nor
// a server's identity, nor a credential: clients change their language, terminal and proxies while
// they run. Of the rest the client's own value counts, if it has one. `clients` is empty if that
// is not known. The user database, which may be slow, is asked for `home` only where that decides.
[[nodiscard]] PartedEnvironment part_environment(const Environment& given,
                                                 const std::optional<Environment>& clients,
                                                 const std::function<std::string()>& home,
                                                 unsigned uid);

} // namespace leasehold::helper
