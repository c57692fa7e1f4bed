// What `vault login` or `bao login` left: a file in the home, or a token helper's store.
#pragma once

#include "src/base/environment.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"

#include <string>

namespace leasehold::lease::vault {

// BAO_TOKEN_PATH, else ~/.vault-token, which both products' tools write. "" if there is no home.
[[nodiscard]] std::string cli_token_file(const Environment& environment, const std::string& home);

// The token: from the helper that ~/.bao or ~/.vault names, else from the file, which must be the
// user's own and closed to others. ErrorCode::denied if there is none.
[[nodiscard]] Result<Secret> read_cli_token(const VaultSettings& settings, const Outside& outside,
                                            Deadline deadline);

} // namespace leasehold::lease::vault
