#include "cache/notes/clearance.hpp"

#include "cache/kernel_keyring/keyring.hpp"
#include "cache/record/key.hpp"
#include "cache/record/named_lines.hpp"
#include "src/base/error.hpp"

#include <sys/auxv.h>

namespace leasehold::cache {

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
                        })
        .digest_hex();
}

StoreResult<std::optional<Clearance>> find_clearance(const std::string& digest) {
    LEASEHOLD_TRY_ASSIGN(const std::optional<Secret> bytes,
                         keyring_read(clearance_description(digest)));
    if (!bytes)
        return std::optional<Clearance>();
    LineReader reader(bytes->reveal());
    auto key = reader.text("key");
    auto version = reader.text("api-version");
    if (!key || !is_key_digest(*key) || !version || !reader.at_end())
        return std::optional<Clearance>(); // not ours: as good as none
    return std::optional(Clearance{*std::move(key), *std::move(version)});
}

StoreResult<void> record_clearance(const std::string& digest, const Clearance& clearance,
                                   Seconds life) {
    std::string text;
    append_line(text, "key", clearance.key_digest_hex);
    append_line(text, "api-version", clearance.api_version);
    return keyring_write(clearance_description(digest), text, life,
                         lease_description(clearance.key_digest_hex));
}

} // namespace leasehold::cache
