// A place that keeps secret bytes under a key: what every store can do, and how it fails.
#pragma once

#include "cache/record/key.hpp"
#include "src/base/clock.hpp"
#include "src/base/secret.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {

// Why a store could not do what it was asked; "not found" is no fault.
enum class StoreFault {
    unavailable, // not there at all: no daemon, forbidden by the kernel
    locked,      // there, but the user has to unlock it first
    timed_out,   // there, and hangs
    full,        // no room for this entry
    refused,     // it, or we for safety's sake, would not
    failed,      // anything else
};

struct StoreError {
    StoreFault fault = StoreFault::failed;
    std::string message = {}; // lower case, names no secret
    std::string hint = {};    // what to do about it; may be empty
};

template <class T>
using StoreResult = boost::system::result<T, StoreError>;

// Found by boost::system::result when value() is called on an error: a bug of ours.
[[noreturn]] void throw_exception_from_error(const StoreError& error,
                                             const boost::source_location& location);

// What a store holds, for people.
struct StoreState {
    std::size_t entries = 0;
    std::string room = {};    // where they are and how full that is; "" if it cannot be told
    std::int64_t evicted = 0; // entries that gave way before their end, for lack of room
    UnixTime last_evicted = 0;
};

// Stores are asked by one thread at a time; several processes may use the same store at once.
class TokenStore {
public:
    virtual ~TokenStore() = default;

    // Its name in profiles and messages.
    [[nodiscard]] virtual std::string_view name() const = 0;
    // It takes the place of stores that do not work, and of none that does: it is given a lease
    // only if no store before it has taken it.
    [[nodiscard]] virtual bool is_stopgap() const { return false; }
    // The newest bytes put under the key, if they have not ended.
    [[nodiscard]] virtual StoreResult<std::optional<Secret>> get(const CacheKey& key) = 0;
    // Replaces what is under the key. `bytes` must pass check_entry(); `life` 0 means no end. After
    // `life` get() does not find it any more. After a fault the old entry or none is there.
    [[nodiscard]] virtual StoreResult<void> put(const CacheKey& key, const Secret& bytes,
                                                Seconds life) = 0;
    // A missing entry is fine.
    [[nodiscard]] virtual StoreResult<void> erase(const CacheKey& key) = 0;
    // The bytes of every entry of ours, in no order; what is not ours is left out.
    [[nodiscard]] virtual StoreResult<std::vector<Secret>> list() = 0;
    // Whether it could take an entry now. Changes nothing.
    [[nodiscard]] virtual StoreResult<void> check();
    [[nodiscard]] virtual StoreResult<StoreState> state();
    // Removes every entry of ours and nothing else; the number of entries that were there.
    [[nodiscard]] virtual StoreResult<std::size_t> clear() = 0;
};

// The largest entry any store takes; some take less.
inline constexpr std::size_t entry_limit = 64 * 1024;

// What every put() asks first: 1 to entry_limit bytes of printable ASCII and line feeds (some
// Secret Service providers spoil anything else) and a life that is not negative.
[[nodiscard]] StoreResult<void> check_entry(const Secret& bytes, Seconds life);

} // namespace leasehold::cache
