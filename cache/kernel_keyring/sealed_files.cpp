#include "cache/kernel_keyring/sealed_files.hpp"

#include "cache/record/named_lines.hpp"
#include "cache/store/private_directory.hpp"
#include "src/base/fd.hpp"
#include "src/base/files.hpp"
#include "src/base/seal.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <fcntl.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr std::string_view first_name = "leasehold-sealed";
constexpr std::int64_t format_version = 1;
constexpr std::int64_t latest_time = 253'402'300'799; // 9999-12-31T23:59:59Z
constexpr std::size_t file_limit = entry_limit + seal_overhead + 256;
constexpr ssize_t usual_size = 4096; // more than a lease takes
// By EntryKind.
constexpr std::array<std::string_view, 3> suffixes{".sealed", ".clearance.sealed", ".spare.sealed"};

std::string file_name(EntryKind kind, std::string_view digest) {
    return std::string(digest).append(suffixes.at(static_cast<std::size_t>(kind)));
}

// What stands in front of the sealed text, in the clear, and is bound to it.
struct Header {
    std::string name; // of its file
    UnixTime end = 0; // 0: none

    [[nodiscard]] bool ended(UnixTime now) const { return end != 0 && now >= end; }
};

std::string encode(const Header& header) {
    std::string text;
    append_line(text, first_name, format_version);
    append_line(text, "file", header.name);
    append_line(text, "end", header.end);
    return text;
}

// The header, and how long it is. Empty if the text does not begin with one.
std::optional<std::pair<Header, std::size_t>> decode(std::string_view text) {
    LineReader reader(text);
    const auto version = reader.number(first_name, format_version);
    auto name = reader.text("file");
    const auto end = reader.number("end", latest_time);
    if (version != format_version || !name || !end)
        return std::nullopt;
    return std::pair(Header{*std::move(name), *end}, text.size() - reader.rest().size());
}

// "" if there is none. Nothing else about the file is asked: the seal tells whether it is ours.
std::string read_sealed(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    std::string text;
    std::array<char, usual_size> buffer;
    ssize_t count = file ? usual_size : 0;
    // A short read is the end: one call for a lease of the usual size.
    while (count == usual_size && text.size() <= file_limit) {
        count = ::read(file.get(), buffer.data(), buffer.size());
        text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return text;
}

UnixTime end_after(Seconds life, UnixTime now) {
    return life == Seconds(0) ? 0 : std::min<std::int64_t>(now + life.count(), latest_time);
}

} // namespace

SealedFiles::SealedFiles(const std::string& runtime_directory)
    : directory_(runtime_directory.empty() ? "" : runtime_directory + "/sealed") {}

StoreResult<void> SealedFiles::prepare(EntryKind kind, Seconds life) {
    LEASEHOLD_TRY(make());
    const UnixTime now = ::time(nullptr);
    const SealingHour hour = sealing_hour(end_after(life, now));
    if (kept_ && kept_->hour == hour)
        return {};
    LEASEHOLD_TRY_ASSIGN(SealingKey key,
                         obtain_sealing_key(hour, now, directory_, kind == EntryKind::lease));
    kept_.emplace(Kept{hour, std::move(key.key)});
    // About once an hour: nobody else would.
    if (key.is_new)
        remove_dead(now);
    return {};
}

bool SealedFiles::could_write(const KeyQuota& quota, Seconds life) {
    const bool writable =
        look() ? files_->check_writable().has_value()
               : !directory_.empty() && ::access(directory_of(directory_).c_str(), W_OK) == 0;
    const auto key = find_sealing_key(sealing_hour(end_after(life, ::time(nullptr))));
    return writable && ((key && *key) || has_room(quota, 2 * seal_key_size, 100));
}

StoreResult<std::optional<Secret>> SealedFiles::read(EntryKind kind, std::string_view digest) {
    if (directory_.empty())
        return std::optional<Secret>();
    const std::string name = file_name(kind, digest);
    const std::string text = read_sealed(directory_ + '/' + name);
    const auto found = decode(text);
    if (!found || found->first.name != name || found->first.ended(::time(nullptr)))
        return std::optional<Secret>();
    LEASEHOLD_TRY_ASSIGN(const Secret* key, key_of(sealing_hour(found->first.end)));
    if (key == nullptr)
        return std::optional<Secret>();
    return unseal(key->reveal(), std::string_view(text).substr(0, found->second),
                  std::string_view(text).substr(found->second));
}

StoreResult<void> SealedFiles::write(EntryKind kind, std::string_view digest, const Secret& bytes,
                                     Seconds life) {
    LEASEHOLD_TRY(prepare(kind, life));
    const std::string name = file_name(kind, digest);
    const UnixTime now = ::time(nullptr);
    // The hour of the key decides, should the clock have passed into the next one meanwhile.
    UnixTime end = end_after(life, now);
    if (kept_->hour != 0)
        end = std::min(end, kept_->hour * 3600);
    const std::string header = encode({name, end});
    const auto sealed = seal(kept_->key.reveal(), header, bytes.reveal());
    if (!sealed)
        return StoreError{StoreFault::failed, "the entry could not be sealed"};
    return files_->write(name, header + *sealed, Survives::its_writer);
}

StoreResult<bool> SealedFiles::erase(EntryKind kind, std::string_view digest) {
    return look() ? files_->remove(file_name(kind, digest)) : StoreResult<bool>(false);
}

StoreResult<std::vector<std::string>> SealedFiles::digests(EntryKind kind) {
    return look() ? files_->digests(suffixes.at(static_cast<std::size_t>(kind)))
                  : std::vector<std::string>();
}

// Opens the directory, if it is there and ours.
bool SealedFiles::look() {
    if (files_ || directory_.empty())
        return files_.has_value();
    if (auto opened = EntryFiles::open(directory_, Medium::any))
        files_ = *std::move(opened);
    return files_.has_value();
}

StoreResult<void> SealedFiles::make() {
    if (look())
        return {};
    if (directory_.empty())
        return StoreError{StoreFault::unavailable, "there is no runtime directory"};
    // Nothing is made where others may write, or behind a link.
    auto made =
        open_private_directory(directory_of(directory_), DirectoryRule::not_writable_by_others);
    if (made)
        made = open_private_directory(directory_, DirectoryRule::private_to_me);
    if (!made)
        return StoreError{StoreFault::unavailable, made.error().message, made.error().hint};
    if (!look())
        return StoreError{StoreFault::unavailable, "the runtime directory cannot be used"};
    return {};
}

// Null if the kernel has none of that hour.
StoreResult<const Secret*> SealedFiles::key_of(SealingHour hour) {
    if (!kept_ || kept_->hour != hour) {
        LEASEHOLD_TRY_ASSIGN(std::optional<Secret> key, find_sealing_key(hour));
        if (!key)
            return static_cast<const Secret*>(nullptr);
        kept_.emplace(Kept{hour, *std::move(key)});
    }
    return static_cast<const Secret*>(&kept_->key);
}

// Removes the files of entries that have ended, and what killed writers left.
void SealedFiles::remove_dead(UnixTime now) {
    for (const std::string_view suffix : suffixes) {
        const auto digests = files_->digests(suffix);
        for (const std::string& digest : digests ? *digests : std::vector<std::string>()) {
            const std::string name = digest + std::string(suffix);
            const auto content = files_->read(name, file_limit);
            const auto found = content && *content ? decode((*content)->reveal()) : std::nullopt;
            if (!found || found->first.ended(now))
                (void)files_->remove(name);
        }
        files_->remove_abandoned(suffix);
    }
}

} // namespace leasehold::cache
