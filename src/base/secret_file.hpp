// Files that hold a password, a token or a private key.
#pragma once

#include "src/base/error.hpp"
#include "src/base/files.hpp"
#include "src/base/secret.hpp"

#include <string>
#include <string_view>

namespace leasehold {

// Opens, checks and reads such a file into a Secret, one line break at its end removed; `what` is
// its role, for messages. It must be owned by this user (or root) and private to them unless
// `rules` says otherwise. As private counts, too, what this user need not or cannot make so: a
// file of root's, whom others may read it is root's decision (the kubelet's volumes); one on a
// read-only file system; one below a directory that only its owner may enter.
[[nodiscard]] Result<Secret> read_secret_file(const std::string& path, std::string_view what,
                                              const FileRules& rules = {.owned_by_me = true,
                                                                        .private_to_me = true,
                                                                        .limit = 64 * 1024});

// The same for a token, which has no white space at its ends: it is cut off as Go's programs do.
[[nodiscard]] Result<Secret> read_token_file(const std::string& path, std::string_view what,
                                             const FileRules& rules = {.owned_by_me = true,
                                                                       .private_to_me = true,
                                                                       .limit = 64 * 1024});

// Without the white space at both ends, in Unicode's sense (Go's strings.TrimSpace).
[[nodiscard]] std::string_view without_outer_space(std::string_view text);

} // namespace leasehold
