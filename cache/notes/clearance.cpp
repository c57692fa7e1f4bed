#include "cache/notes/clearance.hpp"

#include "cache/record/key.hpp"
#include "cache/record/named_lines.hpp"
#include "src/base/digest.hpp"
#include "src/base/error.hpp"

#include <algorithm>
#include <charconv>

#include <sys/auxv.h>
#include <sys/stat.h>

namespace leasehold::cache {

namespace {

constexpr std::int64_t longest_recheck = 24 * 3600;

std::string identity_text(const FileIdentity& file) {
    return std::to_string(file.device) + ' ' + std::to_string(file.inode) + ' ' +
           std::to_string(file.size) + ' ' + std::to_string(file.modified_ns) + ' ' +
           std::to_string(file.changed_ns);
}

std::optional<WatchedFile> read_watched(LineReader& reader) {
    auto path = reader.text("file");
    const auto is = reader.text("is");
    if (!path || !is)
        return std::nullopt;
    WatchedFile file{*std::move(path), {}};
    const char* at = is->data();
    const char* end = at + is->size();
    const auto number = [&](auto& value) {
        const auto parsed = std::from_chars(at, end, value);
        at = parsed.ptr == end ? end : parsed.ptr + 1;
        return parsed.ec == std::errc();
    };
    FileIdentity& own = file.identity;
    if (!number(own.device) || !number(own.inode) || !number(own.size) ||
        !number(own.modified_ns) || !number(own.changed_ns) || at != end)
        return std::nullopt;
    return file;
}

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

} // namespace

FileIdentity file_identity_at(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return {};
    return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
            nanoseconds(status.st_ctim)};
}

std::string variables_digest(std::string_view names,
                             const std::function<const char*(std::string_view)>& lookup) {
    std::string text;
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(' '));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        const char* value = lookup(name);
        const std::string_view shown = value == nullptr ? "" : value;
        text += (value == nullptr ? "-" : std::to_string(shown.size()) + ':');
        text += shown;
    }
    return text.empty() ? text : sha256_hex(text);
}

std::string clearance_digest(const ClearanceQuestion& question) {
    const FileIdentity& file = question.profile;
    return CacheKey::of({
                            {"kind", "clearance"},
                            {"uid", std::to_string(::getauxval(AT_EUID))},
                            {"profile", question.profile_path},
                            {"device", std::to_string(file.device)},
                            {"inode", std::to_string(file.inode)},
                            {"size", std::to_string(file.size)},
                            {"modified", std::to_string(file.modified_ns)},
                            {"changed", std::to_string(file.changed_ns)},
                            {"exec-info", question.exec_info},
                            {"api-version", question.api_version_argument},
                            {"places", question.places},
                        })
        .digest_hex();
}

StoreResult<std::optional<Clearance>> find_clearance(QuickStore& store, const std::string& digest) {
    LEASEHOLD_TRY_ASSIGN(const std::optional<Secret> bytes,
                         store.read(EntryKind::clearance, digest));
    if (!bytes)
        return std::optional<Clearance>();
    LineReader reader(bytes->reveal());
    auto key = reader.text("key");
    auto version = reader.text("api-version");
    auto names = reader.text("variables");
    auto values = reader.text("values");
    const auto recheck = reader.number("recheck", longest_recheck);
    if (!key || !is_key_digest(*key) || !version || !names || !values || !recheck)
        return std::optional<Clearance>(); // not ours: as good as none
    Clearance clearance{*std::move(key),   *std::move(version), {},
                        *std::move(names), *std::move(values),  Seconds(*recheck)};
    while (!reader.at_end()) {
        auto file = read_watched(reader);
        if (!file || clearance.files.size() == most_watched_files)
            return std::optional<Clearance>();
        clearance.files.push_back(*std::move(file));
    }
    return std::optional(std::move(clearance));
}

StoreResult<void> record_clearance(QuickStore& store, const std::string& digest,
                                   const Clearance& clearance, Seconds life) {
    std::string text;
    append_line(text, "key", clearance.key_digest_hex);
    append_line(text, "api-version", clearance.api_version);
    append_line(text, "variables", clearance.variables);
    append_line(text, "values", clearance.variables_digest);
    append_line(text, "recheck", clearance.recheck.count());
    for (const WatchedFile& file : clearance.files) {
        append_line(text, "file", file.path);
        append_line(text, "is", identity_text(file.identity));
    }
    return store.write(EntryKind::clearance, digest, Secret(text), life, clearance.key_digest_hex);
}

} // namespace leasehold::cache
