#include "cache/kernel_keyring/keyring.hpp"
#include "src/base/error.hpp"

namespace leasehold::cache {
namespace {

std::string description_of(EntryKind kind, std::string_view digest) {
    return kind == EntryKind::lease ? lease_description(digest) : clearance_description(digest);
}

bool is_lease(std::string_view description) {
    return description == lease_description(description.substr(description.rfind(':') + 1));
}

class KernelKeyringStore final : public QuickStore {
public:
    [[nodiscard]] std::string_view name() const override { return "kernel-keyring"; }

    StoreResult<std::optional<Secret>> read(EntryKind kind, std::string_view digest) override {
        return keyring_read(description_of(kind, digest));
    }

    StoreResult<void> write(EntryKind kind, std::string_view digest, const Secret& bytes,
                            Seconds life, std::string_view spared) override {
        LEASEHOLD_TRY(check_entry(bytes, life));
        return keyring_write(description_of(kind, digest), bytes.reveal(), life,
                             spared.empty() ? "" : lease_description(spared));
    }

    StoreResult<void> erase(const CacheKey& key) override {
        return keyring_erase(lease_description(key.digest_hex()));
    }

    StoreResult<std::vector<Secret>> list() override {
        LEASEHOLD_TRY_ASSIGN(const auto descriptions, keyring_list());
        std::vector<Secret> all;
        for (const std::string& description : descriptions) {
            if (!is_lease(description))
                continue;
            LEASEHOLD_TRY_ASSIGN(std::optional<Secret> bytes, keyring_read(description));
            if (bytes)
                all.push_back(*std::move(bytes));
        }
        return all;
    }

    // Clearances go too, but are not counted: they are no entries of their own.
    StoreResult<std::size_t> clear() override {
        LEASEHOLD_TRY_ASSIGN(const auto descriptions, keyring_list());
        std::size_t count = 0;
        for (const std::string& description : descriptions) {
            LEASEHOLD_TRY(keyring_erase(description));
            if (is_lease(description))
                ++count;
        }
        return count;
    }
};

} // namespace

std::unique_ptr<QuickStore> make_kernel_keyring_store() {
    return std::make_unique<KernelKeyringStore>();
}

} // namespace leasehold::cache
