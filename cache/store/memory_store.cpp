#include "cache/store/memory_store.hpp"

#include "cache/store/entry_directories.hpp"
#include "src/base/error.hpp"
#include "src/base/files.hpp"

#include <unistd.h>

namespace leasehold::cache {
namespace {

class MemoryStore final : public QuickStore {
public:
    explicit MemoryStore(std::vector<std::string> directories)
        : directories_(std::move(directories)) {}

    [[nodiscard]] std::string_view name() const override { return "memory"; }
    [[nodiscard]] bool is_stopgap() const override { return true; }

    StoreResult<std::optional<Secret>> read(EntryKind kind, std::string_view digest) override {
        LEASEHOLD_TRY(look());
        return read_entry(there_, kind, digest);
    }

    StoreResult<void> write(EntryKind kind, std::string_view digest, const Secret& bytes,
                            Seconds life, std::string_view /*spared*/) override {
        LEASEHOLD_TRY(check_entry(bytes, life));
        LEASEHOLD_TRY(look(true));
        return write_entry(there_, kind, digest, bytes, life, Survives::its_writer);
    }

    StoreResult<void> erase(const CacheKey& key) override {
        LEASEHOLD_TRY(look());
        return erase_entry(there_, key.digest_hex());
    }

    StoreResult<std::vector<Secret>> list() override {
        LEASEHOLD_TRY(look());
        return list_entries(there_);
    }

    StoreResult<std::size_t> clear() override {
        LEASEHOLD_TRY(look());
        return clear_entries(there_);
    }

    StoreResult<void> forget_notes() override {
        LEASEHOLD_TRY(look());
        return clear_clearances(there_);
    }

    StoreResult<StoreState> state() override {
        LEASEHOLD_TRY(look());
        LEASEHOLD_TRY_ASSIGN(const auto all, list_entries(there_));
        return StoreState{.entries = all.size(),
                          .room = there_.empty() ? "" : there_.front().room()};
    }

    StoreResult<void> check() override {
        LEASEHOLD_TRY(look());
        if (!there_.empty())
            return there_.front().check_writable();
        for (const std::string& path : directories_)
            if (can_be_made(path) && ::access(directory_of(path).c_str(), W_OK) == 0)
                return {};
        return StoreError{StoreFault::unavailable, "no memory file system can be written to", ""};
    }

private:
    // Whether the directory could be made: what is above it is there, and in memory.
    static bool can_be_made(const std::string& path) {
        return is_on_memory_file_system(directory_of(path));
    }

    // Opens those that are there, once; or, if one is to be written to, all again with the first
    // that can be made, so that all processes write to the same. An error if there is none and can
    // be none.
    StoreResult<void> look(bool make = false) {
        if (!there_.empty() && !make)
            return {};
        there_.clear();
        StoreError trouble{StoreFault::unavailable, "no memory file system is to be had", ""};
        bool possible = false;
        for (const std::string& path : directories_) {
            auto files = EntryFiles::open(path, Medium::memory);
            if (files && !*files && can_be_made(path)) {
                possible = true;
                if (make && there_.empty() && make_private_directory(path))
                    files = EntryFiles::open(path, Medium::memory);
            }
            // Perhaps it is there, with entries.
            if (!files && files.error().fault == StoreFault::failed)
                return std::move(files).error();
            if (files && *files)
                there_.push_back(**std::move(files));
            else if (!files && files.error().fault != StoreFault::unavailable)
                trouble = std::move(files).error();
        }
        if (there_.empty() && (make || !possible))
            return trouble;
        return {};
    }

    std::vector<std::string> directories_;
    EntryDirectories there_;
};

} // namespace

std::unique_ptr<QuickStore> make_memory_store(std::vector<std::string> directories) {
    return std::make_unique<MemoryStore>(std::move(directories));
}

std::vector<std::string> memory_directories(const std::string& runtime_directory) {
    std::vector<std::string> directories;
    if (!runtime_directory.empty())
        directories.push_back(runtime_directory);
    directories.push_back("/dev/shm/leasehold-" + std::to_string(::geteuid()));
    return directories;
}

} // namespace leasehold::cache
