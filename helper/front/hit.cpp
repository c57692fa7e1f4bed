#include "helper/front/hit.hpp"

#include "cache/kernel_keyring/keyring.hpp"
#include "cache/notes/clearance.hpp"
#include "cache/notes/handing.hpp"
#include "cache/record/lifetime.hpp"
#include "cache/record/record.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/directories.hpp"
#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/lease/profile/file.hpp"

#include <cstring>

namespace leasehold::helper {
namespace {

// The last of a name's values, as in Environment::snapshot, without copying the environment.
const char* last_value(const char* const* environment, std::string_view name) {
    const char* value = nullptr;
    for (; environment != nullptr && *environment != nullptr; ++environment)
        if (std::strncmp(*environment, name.data(), name.size()) == 0 &&
            (*environment)[name.size()] == '=')
            value = *environment + name.size() + 1;
    return value;
}

// Whether what decided who asks is as it was: another identity behind the same path or variable
// is another lease.
bool is_same_asker(const cache::Clearance& clearance, const char* const* environment) {
    for (const cache::WatchedFile& file : clearance.files)
        if (cache::file_identity_at(file.path) != file.identity)
            return false;
    return cache::variables_digest(clearance.variables, [=](std::string_view name) {
               return last_value(environment, name);
           }) == clearance.variables_digest;
}

std::optional<cache::Clearance> look_for_clearance(const CredentialArguments& arguments,
                                                   const char* const* environment) {
    const auto directory =
        config_directory([=](const char* name) { return last_value(environment, name); });
    if (!directory)
        return std::nullopt;
    cache::ClearanceQuestion question;
    question.profile_path = lease::profile_path(*directory + "/profiles", arguments.profile);
    auto file = open_checked(question.profile_path, lease::profile_file_rules());
    if (!file || !*file)
        return std::nullopt;
    question.profile = (*file)->identity;
    // Closing it is a system call; the process ends in a moment.
    (void)(*file)->fd.release();
    const char* info = last_value(environment, "KUBERNETES_EXEC_INFO");
    question.exec_info = info == nullptr ? "" : info;
    if (arguments.api_version)
        question.api_version_argument = to_text(*arguments.api_version);
    question.places = places_text([=](const char* name) { return last_value(environment, name); });
    auto clearance = cache::find_clearance(cache::clearance_digest(question));
    if (!clearance || !*clearance || !is_same_asker(**clearance, environment))
        return std::nullopt;
    return *std::move(clearance);
}

std::optional<cache::Record> look_for_record(const std::string& key_digest) {
    const auto bytes = cache::keyring_read(cache::lease_description(key_digest));
    if (!bytes || !*bytes)
        return std::nullopt;
    auto record = cache::decode_record((*bytes)->reveal());
    if (!record || sha256_hex(record->key_material) != key_digest)
        return std::nullopt;
    return record;
}

// Whether the client has been given this very token before, so that the full program should ask
// the server about it (helper/upkeep/self_heal.hpp).
bool is_suspect(const char* const* environment, const std::string& key_digest,
                std::string_view token, const Instant& now) {
    const auto directory =
        runtime_directory([=](const char* name) { return last_value(environment, name); });
    if (!directory || last_value(environment, "KUBERNETES_EXEC_INFO") == nullptr)
        return false;
    const auto asker = cache::find_asker();
    if (!asker)
        return false;
    const auto handing = cache::note_handing(cache::handing_path(*directory, key_digest), *asker,
                                             cache::token_tag(token), false);
    return handing.before && cache::may_check(handing.times, now.boot);
}

} // namespace

std::optional<FrontHit> look_for_hit(const CredentialArguments& arguments,
                                     const char* const* environment, const Clock& clock) {
    const auto clearance = look_for_clearance(arguments, environment);
    if (!clearance)
        return std::nullopt;
    const auto version = parse_api_version(clearance->api_version);
    const auto record = look_for_record(clearance->key_digest_hex);
    if (!version || !record)
        return std::nullopt;
    // The kernel's keyrings do not outlive a boot, so that the record is of this one.
    const Instant now = clock.now();
    const auto judgement = cache::judge(record->lifetime, now, record->lifetime.boot_id);
    if (judgement.freshness == cache::Freshness::spent ||
        is_suspect(environment, clearance->key_digest_hex, record->token.reveal(), now))
        return std::nullopt;
    return FrontHit{
        to_exec_credential_json(*version, record->token.reveal(), judgement.reported_expiry),
        judgement.freshness == cache::Freshness::due};
}

} // namespace leasehold::helper
