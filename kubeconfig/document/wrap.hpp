// Putting leasehold in front of a user's exec plugin, and taking it out again. What stood there is
// kept, byte for byte, in an extension of the user, which every client's rewriting keeps.
#pragma once

#include "kubeconfig/document/edit.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::kubeconfig {

inline constexpr std::string_view wrapped_extension = "leasehold.dev/wrapped";

// The profile of a wrapped user; empty if it is none, also if another program has replaced the
// plugin since.
[[nodiscard]] std::optional<std::string> wrapping_profile(const YamlNode& user_body);

// Puts leasehold in the place of the users' `exec`. Nothing happens where it stands already.
[[nodiscard]] Result<void> wrap_users(Edit& edit, const std::vector<Wrapping>& wrappings);

// Puts back what stood there. In a file that a program has laid out anew meanwhile it is indented
// as its new place needs it.
[[nodiscard]] Result<void> unwrap_users(Edit& edit, const std::vector<std::string>& users);

} // namespace leasehold::kubeconfig
