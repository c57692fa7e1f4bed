// What the program can do: entries of ours in the user's Secret Service. Never unlocks, prompts or
// makes a collection; talks over an encrypted session only (SS-9).
#pragma once

#include "cache/secret_service/child/gobject.hpp"
#include "cache/store/store.hpp"
#include "cache/store/stored_entry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::cache {

// An unlocked item that is ours by its text and not only by its attributes (KEY-2).
struct OwnItem {
    StoredEntry entry;
    Secret text; // the entry as it is kept
};

class Vault {
public:
    // Connects to the session bus, whose daemon must run under our uid, and opens a session.
    [[nodiscard]] static StoreResult<Vault> open();

    // The newest entry whose text is ours for this digest. Empty if there is none; a fault if that
    // cannot be told since a collection is locked.
    [[nodiscard]] StoreResult<std::vector<Secret>> get(const std::string& digest);
    // Writes, and reads back that a whole entry for this digest is there (SS-7).
    [[nodiscard]] StoreResult<void> put(const std::string& digest, const Secret& text);
    [[nodiscard]] StoreResult<void> erase(const std::string& digest);
    // Removes what has ended on the way.
    [[nodiscard]] StoreResult<std::vector<Secret>> list();
    [[nodiscard]] StoreResult<std::size_t> clear();

    // The newest item of another program's with these attributes, its secret as it is.
    [[nodiscard]] StoreResult<std::vector<Secret>> find(const std::string& service,
                                                        const std::string& username);

    // True if an item would not give its secret away: some providers lose a session's key now and
    // then, and a new session mends it (SS-7).
    [[nodiscard]] bool met_spoiled_item() const { return met_spoiled_item_; }

private:
    explicit Vault(Object<SecretService> service) : service_(std::move(service)) {}

    [[nodiscard]] StoreResult<ObjectList> search(const std::string& digest);
    [[nodiscard]] StoreResult<Object<SecretCollection>> default_collection();
    [[nodiscard]] StoreResult<void> check_nothing_is_hidden();
    [[nodiscard]] StoreResult<std::size_t> remove(const std::string& digest);
    [[nodiscard]] std::optional<OwnItem> load(SecretItem* item);

    Object<SecretService> service_;
    bool met_spoiled_item_ = false;
};

} // namespace leasehold::cache
