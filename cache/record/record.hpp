// What is kept of a lease: the credential with everything needed to judge it, as text that any
// store can hold and the front can read.
#pragma once

#include "cache/record/lifetime.hpp"
#include "src/base/key_pair.hpp"
#include "src/base/secret.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::cache {

// Longer ones are never read (CACHE-1).
inline constexpr std::size_t record_limit = 64 * 1024;

struct Record {
    std::string key_material; // of the CacheKey it was stored under, compared on read (KEY-2)
    Secret token;
    std::string note; // text of the layer above, kept as it is; no secret
    Lifetime lifetime;
    std::string machine; // machine_identity() of where it was stored
    KeyPair pair = {};   // of a credential that is one, or has one beside its token
};

// Printable ASCII and line feeds. Takes any field values; what is over record_limit will not
// decode again.
[[nodiscard]] Secret encode_record(const Record& record);

// Empty unless `bytes` are exactly what encode_record makes of some record: a checksum over the
// whole makes every damage a miss. It guards against accidents, not against the user, who can
// write any record.
[[nodiscard]] std::optional<Record> decode_record(std::string_view bytes);

// A digest that tells this machine from others, by its machine-id(5), which itself is never handed
// on; "" where it has none, as in many containers.
[[nodiscard]] std::string machine_digest();

// Who this is and where: the uid and a hash of the machine's id, so that an entry from a restored
// backup or a copied home is not taken for our own (KEY-3).
[[nodiscard]] std::string machine_identity();

} // namespace leasehold::cache
