// What the front needs to know to answer without thinking: that the full program has held this
// very profile file against this very request before, and which lease answers it.
#pragma once

#include "cache/store/store.hpp"
#include "src/base/clock.hpp"
#include "src/base/files.hpp"

#include <optional>
#include <string>

namespace leasehold::cache {

struct ClearanceQuestion {
    std::string profile_path;
    FileIdentity profile;             // of the open file: any edit asks a new question
    std::string exec_info;            // KUBERNETES_EXEC_INFO, "" if it is not set
    std::string api_version_argument; // "" if there is none
};

struct Clearance {
    std::string key_digest_hex; // the CacheKey of the lease
    std::string api_version;    // of the answer
};

// Of everything in the question and the uid, each part with its length.
[[nodiscard]] std::string clearance_digest(const ClearanceQuestion& question);

// Small kernel keyring entries, removed by the keyring store's clear() too. No secret in them.
[[nodiscard]] StoreResult<std::optional<Clearance>> find_clearance(const std::string& digest);
[[nodiscard]] StoreResult<void> record_clearance(const std::string& digest,
                                                 const Clearance& clearance, Seconds life);

} // namespace leasehold::cache
