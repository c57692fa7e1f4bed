// Entries as files of a memory file system: for machines where keyrings are forbidden, as the usual
// profiles of container engines do. Never a disk: that is asked of the open directory. Other than a
// key of the kernel's, an entry that has ended stays until the next put() or list().
#pragma once

#include "cache/store/quick_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace leasehold::cache {

// The user's own directories, in order of preference; see memory_directories(). One that is
// missing is made (0700) if the directory above it is there, on a memory file system; one that is
// a link, another's, reached by others or on a disk is as good as none.
[[nodiscard]] std::unique_ptr<QuickStore> make_memory_store(std::vector<std::string> directories);

// The runtime directory, where it lies in memory, else a directory below /dev/shm.
[[nodiscard]] std::vector<std::string> memory_directories(const std::string& runtime_directory);

} // namespace leasehold::cache
