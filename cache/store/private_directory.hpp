// Directories that nobody else can reach into, held open so that nothing can be swapped below us.
#pragma once

#include "src/base/error.hpp"
#include "src/base/fd.hpp"

#include <string>

namespace leasehold::cache {

enum class DirectoryRule {
    not_writable_by_others, // lock files and markers: no secrets, but nobody may squat (LOCK-6)
    private_to_me,          // secrets
};

// Makes the directory (0700, with its parents) if it is missing and opens it. Checked on the open
// descriptor: a directory, no symbolic link, ours, and as the rule says.
[[nodiscard]] Result<Fd> open_private_directory(const std::string& path, DirectoryRule rule);

// An error if somebody else could rename or replace the directory: each one above it must belong
// to this user or root, and be writable by no other unless it is sticky (like /tmp).
[[nodiscard]] Result<void> check_parents(const std::string& path);

} // namespace leasehold::cache
