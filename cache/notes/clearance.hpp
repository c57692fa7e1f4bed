// What the front needs to know to answer without thinking: that the full program has held this
// very profile file against this very request before, and which lease answers it.
#pragma once

#include "cache/store/quick_store.hpp"
#include "src/base/clock.hpp"
#include "src/base/files.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {

struct ClearanceQuestion {
    std::string profile_path;
    FileIdentity profile;             // of the open file: any edit asks a new question
    std::string exec_info;            // KUBERNETES_EXEC_INFO, "" if it is not set
    std::string api_version_argument; // "" if there is none
    std::string places;               // where else files are looked for
};

// A file that decided who asks; any edit or replacement makes the clearance void.
struct WatchedFile {
    std::string path;
    FileIdentity identity;
};

struct Clearance {
    std::string key_digest_hex; // the CacheKey of the lease
    std::string api_version;    // of the answer
    std::vector<WatchedFile> files = {};
    std::string variables = {};        // names that decided it, separated by spaces
    std::string variables_digest = {}; // of their values, by variables_digest()
    Seconds recheck{0}; // how often the server is asked about the token, 0: not of itself
};

// More files than this are too many for a hit to look at: then there is no clearance.
inline constexpr std::size_t most_watched_files = 6;

// Which file stands at a path now; all 0 if there is none. One system call.
[[nodiscard]] FileIdentity file_identity_at(const std::string& path);

// Of the values that `lookup` gives for the names; null is a variable that is not set.
[[nodiscard]] std::string
variables_digest(std::string_view names,
                 const std::function<const char*(std::string_view)>& lookup);

// Of everything in the question and the uid, each part with its length.
[[nodiscard]] std::string clearance_digest(const ClearanceQuestion& question);

// In the store where the lease lies; removed by its clear(), too. No secret in them.
[[nodiscard]] StoreResult<std::optional<Clearance>> find_clearance(QuickStore& store,
                                                                   const std::string& digest);
[[nodiscard]] StoreResult<void> record_clearance(QuickStore& store, const std::string& digest,
                                                 const Clearance& clearance, Seconds life);

} // namespace leasehold::cache
