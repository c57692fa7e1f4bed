// Entries as files, one each: opt-in, for machines that have nothing better. Anyone who can read
// the user's files, and any backup of them, has the tokens.
#pragma once

#include "cache/store/store.hpp"

#include <memory>
#include <string>

namespace leasehold::cache {

// `directory` is made when something is first put there (0700, files 0600); it is refused when it
// or anything above it could be changed by others. Entries that have ended are removed by put()
// and list().
[[nodiscard]] std::unique_ptr<TokenStore> make_file_store(std::string directory);

} // namespace leasehold::cache
