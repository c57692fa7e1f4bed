#include "cache/store/file_store.hpp"

#include "cache/store/private_directory.hpp"
#include "cache/store/stored_entry.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr std::string_view suffix = ".token";
// A temporary file that a killed writer left behind.
constexpr std::int64_t abandoned_after = 600;

StoreError to_store_error(const Error& error, StoreFault fault) {
    return {fault, "file store: " + error.message, error.hint};
}

StoreFault fault_of(int error_number) {
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return StoreFault::full;
    case EROFS:
    case EACCES:
    case EPERM:
        return StoreFault::unavailable;
    default:
        return StoreFault::failed;
    }
}

// A file without a name was replaced since it was opened: its content is the old entry's, whole.
bool has_one_name(const OpenFile& file) {
    struct stat status {};
    return ::fstat(file.fd.get(), &status) == 0 && status.st_nlink <= 1 &&
           status.st_uid == ::geteuid();
}

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

class FileStore final : public TokenStore {
public:
    explicit FileStore(std::string directory) : directory_(std::move(directory)) {}

    [[nodiscard]] std::string_view name() const override { return "file"; }

    StoreResult<std::optional<Secret>> get(const CacheKey& key) override {
        if (!exists())
            return std::optional<Secret>();
        LEASEHOLD_TRY(check_directory());
        LEASEHOLD_TRY_ASSIGN(std::optional<StoredEntry> entry, read(path_of(key.digest_hex())));
        if (!entry || entry->digest != key.digest_hex() || entry->ended(::time(nullptr)))
            return std::optional<Secret>();
        return std::optional<Secret>(std::move(entry->bytes));
    }

    StoreResult<void> put(const CacheKey& key, const Secret& bytes, Seconds life) override {
        LEASEHOLD_TRY(check_entry(bytes, life));
        LEASEHOLD_TRY(check_directory());
        remove_ended();
        const UnixTime end = life == Seconds(0) ? 0 : ::time(nullptr) + life.count();
        const Secret content = encode_entry({key.digest_hex(), end, bytes.clone()});
        errno = 0;
        if (auto written = write_file(path_of(key.digest_hex()), content.reveal(), 0600); !written)
            return to_store_error(written.error(), fault_of(errno));
        return {};
    }

    StoreResult<void> erase(const CacheKey& key) override {
        if (!exists())
            return {};
        LEASEHOLD_TRY(check_directory());
        if (::unlink(path_of(key.digest_hex()).c_str()) != 0 && errno != ENOENT)
            return StoreError{fault_of(errno),
                              "file store: cannot remove an entry: " + errno_text(errno)};
        return {};
    }

    StoreResult<std::vector<Secret>> list() override {
        std::vector<Secret> all;
        if (!exists())
            return all;
        LEASEHOLD_TRY(check_directory());
        remove_ended();
        for (const std::string& path : paths())
            if (auto entry = read(path); entry && *entry)
                all.push_back(std::move((*entry)->bytes));
        return all;
    }

    StoreResult<std::size_t> clear() override {
        std::size_t count = 0;
        if (!exists())
            return count;
        LEASEHOLD_TRY(check_directory());
        remove_ended();
        for (const std::string& path : paths()) {
            if (::unlink(path.c_str()) != 0 && errno != ENOENT)
                return StoreError{fault_of(errno),
                                  "file store: cannot remove an entry: " + errno_text(errno)};
            ++count;
        }
        return count;
    }

private:
    [[nodiscard]] std::string path_of(const std::string& digest) const {
        return directory_ + '/' + digest + std::string(suffix);
    }

    [[nodiscard]] bool exists() const {
        struct stat status {};
        return ::lstat(directory_.c_str(), &status) == 0;
    }

    // Once it has passed, nobody else can change what the path means.
    StoreResult<void> check_directory() const {
        errno = 0;
        const auto opened = open_private_directory(directory_, DirectoryRule::private_to_me);
        if (!opened)
            return to_store_error(opened.error(), StoreFault::unavailable);
        if (auto checked = check_parents(directory_); !checked)
            return to_store_error(checked.error(), StoreFault::refused);
        return {};
    }

    // Empty if there is none or it is damaged; an error if it is not safe to use.
    static StoreResult<std::optional<StoredEntry>> read(const std::string& path) {
        const FileRules rules{.owned_by_me = true,
                              .private_to_me = true,
                              .follow_symlinks = false,
                              .limit = stored_entry_limit};
        auto file = open_checked(path, rules);
        if (!file)
            return to_store_error(file.error(), StoreFault::refused);
        if (!*file)
            return std::optional<StoredEntry>();
        if (!has_one_name(**file))
            return StoreError{StoreFault::refused,
                              "file store: " + quoted(path) + " has a second name or another owner",
                              "remove it"};
        auto text = read_all(**file, path, rules.limit);
        if (!text)
            return to_store_error(text.error(), StoreFault::failed);
        const Secret content = Secret::take(*std::move(text));
        return decode_entry(content.reveal());
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        const Directory directory(::opendir(directory_.c_str()), ::closedir);
        const dirent* entry = nullptr;
        while (directory && (entry = ::readdir(directory.get())) != nullptr)
            if (is_key_digest(std::string_view(entry->d_name).substr(0, 64)))
                found.emplace_back(entry->d_name);
        return found;
    }

    [[nodiscard]] std::vector<std::string> paths() const {
        std::vector<std::string> found;
        for (const std::string& name : names())
            if (name.substr(64) == suffix)
                found.push_back(directory_ + '/' + name);
        return found;
    }

    void remove_ended() const {
        for (const std::string& path : paths())
            if (auto entry = read(path); entry && *entry && (*entry)->ended(::time(nullptr)))
                (void)::unlink(path.c_str());
        for (const std::string& name : names())
            if (name.substr(64).starts_with(".token.tmp-"))
                remove_abandoned(directory_ + '/' + name);
    }

    static void remove_abandoned(const std::string& path) {
        struct stat status {};
        if (::lstat(path.c_str(), &status) == 0 &&
            ::time(nullptr) - status.st_mtime > abandoned_after)
            (void)::unlink(path.c_str());
    }

    std::string directory_;
};

} // namespace

std::unique_ptr<TokenStore> make_file_store(std::string directory) {
    return std::make_unique<FileStore>(std::move(directory));
}

} // namespace leasehold::cache
