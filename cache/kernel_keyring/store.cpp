#include "cache/kernel_keyring/keyring.hpp"
#include "cache/kernel_keyring/quota.hpp"
#include "cache/kernel_keyring/sealed_files.hpp"
#include "src/base/error.hpp"

#include <algorithm>
#include <set>

namespace leasehold::cache {
namespace {

std::string description_of(EntryKind kind, std::string_view digest) {
    switch (kind) {
    case EntryKind::lease:
        return lease_description(digest);
    case EntryKind::clearance:
        return clearance_description(digest);
    case EntryKind::spare:
        break;
    }
    return spare_description(digest);
}

std::string_view last_part(std::string_view description) {
    return description.substr(description.rfind(':') + 1);
}

bool is_lease(std::string_view description) {
    return description == lease_description(last_part(description));
}

bool is_spare(std::string_view description) {
    return description == spare_description(last_part(description));
}

bool is_clearance(std::string_view description) {
    return description == clearance_description(last_part(description));
}

// A lease with a token of the API server takes 2 to 3 KiB.
constexpr std::size_t usual_entry = 2500;

std::string quota_text(const KeyQuota& quota) {
    return std::to_string(quota.keys) + " of " + std::to_string(quota.most_keys) + " keys and " +
           std::to_string(quota.bytes) + " of " + std::to_string(quota.most_bytes) + " bytes";
}

class KernelKeyringStore final : public QuickStore {
public:
    explicit KernelKeyringStore(const KeyringOptions& options)
        : sealed_(options.runtime_directory), share_(options.share) {}

    [[nodiscard]] std::string_view name() const override { return "kernel-keyring"; }

    StoreResult<std::optional<Secret>> read(EntryKind kind, std::string_view digest) override {
        const std::string description = description_of(kind, digest);
        LEASEHOLD_TRY_ASSIGN(std::optional<Secret> found,
                             keyring_read(description, Keyrings::user));
        if (found)
            return found;
        // A file that cannot be used is as good as none: the next write replaces it.
        if (auto unsealed = sealed_.read(kind, digest); unsealed && *unsealed)
            return unsealed;
        return keyring_read(description, Keyrings::persistent);
    }

    // Readers look for the key first. So whichever of key and file is written last and then has the
    // other removed, they see the old entry or the new one.
    StoreResult<void> write(EntryKind kind, std::string_view digest, const Secret& bytes,
                            Seconds life, std::string_view spared) override {
        LEASEHOLD_TRY(check_entry(bytes, life));
        const std::string description = description_of(kind, digest);
        // First of all, while there is room for it: later entries may need it.
        const bool can_seal = sealed_.prepare(kind, life).has_value();
        if (can_seal && !place_where_room_is(description, bytes, life)) {
            if (sealed_.write(kind, digest, bytes, life))
                return keyring_erase(description);
        } else if (can_seal) {
            (void)sealed_.erase(kind, digest);
            return {};
        }
        LEASEHOLD_TRY(keyring_write(description, bytes.reveal(), life,
                                    spared.empty() ? "" : lease_description(spared)));
        (void)sealed_.erase(kind, digest);
        return {};
    }

    StoreResult<void> erase(const CacheKey& key) override {
        LEASEHOLD_TRY(sealed_.erase(kind_of(key), key.digest_hex()));
        return keyring_erase(description_of(kind_of(key), key.digest_hex()));
    }

    StoreResult<std::vector<Secret>> list() override {
        std::vector<Secret> all;
        for (const auto& [kind, which] :
             {std::pair(EntryKind::lease, &is_lease), std::pair(EntryKind::spare, &is_spare)}) {
            LEASEHOLD_TRY_ASSIGN(const auto digests, digests_of(kind, which));
            for (const std::string& digest : digests) {
                LEASEHOLD_TRY_ASSIGN(std::optional<Secret> bytes, read(kind, digest));
                if (bytes)
                    all.push_back(*std::move(bytes));
            }
        }
        return all;
    }

    StoreResult<void> forget_notes() override {
        LEASEHOLD_TRY(keyring_forget_evictions());
        return drop(EntryKind::clearance, is_clearance);
    }

    StoreResult<StoreState> state() override {
        LEASEHOLD_TRY_ASSIGN(const auto all, list());
        const KeyQuota quota = key_quota();
        const Evictions evictions = keyring_evictions();
        StoreState state{
            .entries = all.size(), .evicted = evictions.count, .last_evicted = evictions.last};
        LEASEHOLD_TRY_ASSIGN(const auto leases, sealed_.digests(EntryKind::lease));
        LEASEHOLD_TRY_ASSIGN(const auto spares, sealed_.digests(EntryKind::spare));
        if (!leases.empty() || !spares.empty())
            state.room = std::to_string(leases.size() + spares.size()) + " sealed in " +
                         sealed_.directory() + ", ";
        if (quota.most_bytes != 0)
            state.room += "this user's keys take " + quota_text(quota);
        return state;
    }

    // Others may have used up the quota: then an entry needs one of ours to give way, or to be
    // sealed.
    StoreResult<void> check() override {
        LEASEHOLD_TRY(QuickStore::check());
        const KeyQuota quota = key_quota();
        // /proc/keys shows keys of other user namespaces too, which cannot give way; and a
        // clearance that does leaves no room for a lease.
        LEASEHOLD_TRY_ASSIGN(const auto ours, keyring_list());
        if (has_room(quota, usual_entry, 100) || std::any_of(ours.begin(), ours.end(), is_lease) ||
            sealed_.could_write(quota, Seconds(3600)))
            return {};
        return StoreError{StoreFault::full,
                          "kernel keyring: the user's key quota is used up: " + quota_text(quota)};
    }

    // Clearances and sealing keys go too, but are not counted: they are no entries of their own.
    StoreResult<std::size_t> clear() override {
        LEASEHOLD_TRY_ASSIGN(const auto all, list());
        LEASEHOLD_TRY(forget_notes());
        LEASEHOLD_TRY(drop(EntryKind::spare, is_spare));
        LEASEHOLD_TRY(drop(EntryKind::lease, [](std::string_view) { return true; }));
        return all.size();
    }

private:
    // The files of a kind, and the keys of which `which` is true.
    StoreResult<void> drop(EntryKind kind, bool (*which)(std::string_view description)) {
        LEASEHOLD_TRY_ASSIGN(const auto files, sealed_.digests(kind));
        for (const std::string& digest : files)
            LEASEHOLD_TRY(sealed_.erase(kind, digest));
        LEASEHOLD_TRY_ASSIGN(const auto descriptions, keyring_list());
        for (const std::string& description : descriptions)
            if (which(description))
                LEASEHOLD_TRY(keyring_erase(description));
        return {};
    }

    bool place_where_room_is(const std::string& description, const Secret& bytes, Seconds life) {
        return has_room(key_quota(), bytes.size() + description.size() + 1, share_) &&
               keyring_place(description, bytes.reveal(), life).has_value();
    }

    // Of every entry of a kind, in a key or a file, once.
    StoreResult<std::set<std::string>> digests_of(EntryKind kind,
                                                  bool (*which)(std::string_view description)) {
        LEASEHOLD_TRY_ASSIGN(const auto descriptions, keyring_list());
        std::set<std::string> digests;
        for (const std::string& description : descriptions)
            if (which(description))
                digests.emplace(last_part(description));
        LEASEHOLD_TRY_ASSIGN(auto files, sealed_.digests(kind));
        digests.insert(files.begin(), files.end());
        return digests;
    }

    SealedFiles sealed_;
    int share_;
};

} // namespace

std::unique_ptr<QuickStore> make_kernel_keyring_store(KeyringOptions options) {
    return std::make_unique<KernelKeyringStore>(options);
}

} // namespace leasehold::cache
