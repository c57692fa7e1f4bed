#include "cache/store/file_store.hpp"

#include "cache/store/entry_directories.hpp"
#include "cache/store/private_directory.hpp"

namespace leasehold::cache {
namespace {

class FileStore final : public TokenStore {
public:
    explicit FileStore(std::string directory) : directory_(std::move(directory)) {}

    [[nodiscard]] std::string_view name() const override { return "file"; }

    StoreResult<std::optional<Secret>> get(const CacheKey& key) override {
        LEASEHOLD_TRY_ASSIGN(const EntryDirectories there, open());
        return read_entry(there, EntryKind::lease, key.digest_hex());
    }

    StoreResult<void> put(const CacheKey& key, const Secret& bytes, Seconds life) override {
        LEASEHOLD_TRY(check_entry(bytes, life));
        if (auto made = open_private_directory(directory_, DirectoryRule::private_to_me); !made)
            return StoreError{StoreFault::unavailable, made.error().message, made.error().hint};
        LEASEHOLD_TRY_ASSIGN(const EntryDirectories there, open());
        if (there.empty())
            return StoreError{StoreFault::failed, "its directory went away"};
        return write_entry(there, EntryKind::lease, key.digest_hex(), bytes, life,
                           Survives::power_loss);
    }

    StoreResult<void> erase(const CacheKey& key) override {
        LEASEHOLD_TRY_ASSIGN(const EntryDirectories there, open());
        return erase_entry(there, key.digest_hex());
    }

    StoreResult<std::vector<Secret>> list() override {
        LEASEHOLD_TRY_ASSIGN(const EntryDirectories there, open());
        return list_entries(there);
    }

    StoreResult<std::size_t> clear() override {
        LEASEHOLD_TRY_ASSIGN(const EntryDirectories there, open());
        return clear_entries(there);
    }

    StoreResult<StoreState> state() override {
        LEASEHOLD_TRY_ASSIGN(const EntryDirectories there, open());
        LEASEHOLD_TRY_ASSIGN(const auto all, list_entries(there));
        return StoreState{.entries = all.size(), .room = there.empty() ? "" : there.front().room()};
    }

    StoreResult<void> check() override {
        LEASEHOLD_TRY_ASSIGN(const EntryDirectories there, open());
        return there.empty() ? StoreResult<void>() : there.front().check_writable();
    }

private:
    // The one directory, or none. Nobody else can change what its path means.
    [[nodiscard]] StoreResult<EntryDirectories> open() const {
        EntryDirectories there;
        LEASEHOLD_TRY_ASSIGN(auto files, EntryFiles::open(directory_, Medium::any));
        if (!files)
            return there;
        if (auto checked = check_parents(directory_); !checked)
            return StoreError{StoreFault::refused, checked.error().message, checked.error().hint};
        there.push_back(*std::move(files));
        return there;
    }

    std::string directory_;
};

} // namespace

std::unique_ptr<TokenStore> make_file_store(std::string directory) {
    return std::make_unique<FileStore>(std::move(directory));
}

} // namespace leasehold::cache
