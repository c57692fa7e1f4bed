#include "helper/front/hit.hpp"

#include "cache/kernel_keyring/keyring.hpp"
#include "cache/notes/clearance.hpp"
#include "cache/notes/handing.hpp"
#include "cache/record/lifetime.hpp"
#include "cache/record/record.hpp"
#include "cache/store/memory_store.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/directories.hpp"
#include "helper/process/run_place.hpp"
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

// Empty if the profile's file cannot be had in this directory.
std::optional<cache::ClearanceQuestion> read_question(const std::string& directory,
                                                      const CredentialArguments& arguments,
                                                      const char* const* environment) {
    cache::ClearanceQuestion question;
    question.profile_path = lease::profile_path(directory, arguments.profile);
    auto file = open_checked(question.profile_path, lease::profile_file_rules());
    if (!file || !*file)
        return std::nullopt;
    question.profile = (*file)->identity;
    // Closing it is a system call; the process ends in a moment.
    (void)(*file)->fd.release();
    const char* info = last_value(environment, client_variable);
    question.exec_info = info == nullptr ? "" : info;
    if (arguments.api_version)
        question.api_version_argument = to_text(*arguments.api_version);
    question.places = places_text([=](const char* name) { return last_value(environment, name); });
    return question;
}

std::optional<cache::Record> look_for_record(cache::QuickStore& store,
                                             const std::string& key_digest) {
    const auto bytes = store.read(cache::EntryKind::lease, key_digest);
    if (!bytes || !*bytes)
        return std::nullopt;
    auto record = cache::decode_record((*bytes)->reveal());
    if (!record || sha256_hex(record->key_material) != key_digest)
        return std::nullopt;
    return record;
}

struct Found {
    cache::Clearance clearance;
    cache::Record record;
};

// A clearance and the lease that it names, both in this store.
std::optional<Found> look_in(cache::QuickStore& store, const std::string& question,
                             const char* const* environment) {
    auto clearance = cache::find_clearance(store, question);
    if (!clearance || !*clearance || !is_same_asker(**clearance, environment))
        return std::nullopt;
    auto record = look_for_record(store, (*clearance)->key_digest_hex);
    if (!record)
        return std::nullopt;
    return Found{**std::move(clearance), *std::move(record)};
}

// In the kernel keyring, else where leases are kept that it would not take.
std::optional<Found> look_everywhere(const cache::ClearanceQuestion& question,
                                     const std::optional<std::string>& runtime_directory,
                                     const char* const* environment) {
    const std::string digest = cache::clearance_digest(question);
    const std::string runtime = runtime_directory.value_or("");
    const auto keyring = cache::make_kernel_keyring_store({.runtime_directory = runtime});
    if (auto found = look_in(*keyring, digest, environment))
        return found;
    const auto memory = cache::make_memory_store(cache::memory_directories(runtime));
    return look_in(*memory, digest, environment);
}

struct Answer {
    Found found;
    bool of_run; // whose leases are kept fresh by `leasehold exec` itself
};

// The lease of a run of `leasehold exec`, which lies beside its profile and nowhere else.
std::optional<Answer> look_into_run(const CredentialArguments& arguments,
                                    const char* const* environment) {
    for (const std::string& directory : run_directories(
             [=](const char* name) { return last_value(environment, name); }, arguments.run)) {
        const auto question = read_question(directory, arguments, environment);
        if (!question)
            continue;
        const auto memory = cache::make_memory_store({directory});
        auto found = look_in(*memory, cache::clearance_digest(*question), environment);
        return found ? std::optional(Answer{*std::move(found), true}) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Answer> look(const CredentialArguments& arguments, const char* const* environment,
                           const std::optional<std::string>& runtime) {
    if (!arguments.run.empty())
        return look_into_run(arguments, environment);
    const auto config =
        config_directory([=](const char* name) { return last_value(environment, name); });
    if (!config)
        return std::nullopt;
    const auto question = read_question(*config + "/profiles", arguments, environment);
    auto found = question ? look_everywhere(*question, runtime, environment) : std::nullopt;
    return found ? std::optional(Answer{*std::move(found), false}) : std::nullopt;
}

// Notes that the client is handed this token; whether the server should be asked about it
// (helper/upkeep/self_heal.hpp).
cache::Suspicion suspect(const std::optional<std::string>& directory, const Found& found,
                         const Instant& now) {
    const auto asker = directory ? cache::find_asker() : std::optional<cache::Asker>();
    if (!asker)
        return cache::Suspicion::none;
    return cache::note_asking(
        cache::handing_path(*directory, found.clearance.key_digest_hex),
        {*asker, cache::token_tag(credential_mark(found.record.token, found.record.pair)), now.boot,
         found.record.lifetime.issued_boot, found.clearance.recheck},
        cache::Noting::by_front);
}

} // namespace

std::optional<FrontHit> look_for_hit(const CredentialArguments& arguments,
                                     const char* const* environment, const Clock& clock) {
    const auto directory =
        runtime_directory([=](const char* name) { return last_value(environment, name); });
    const auto answer = look(arguments, environment, directory);
    const auto version = answer ? parse_api_version(answer->found.clearance.api_version)
                                : std::optional<ExecApiVersion>();
    if (!version)
        return std::nullopt;
    const auto& [found, of_run] = *answer;
    // Neither the kernel's keyrings nor memory outlive a boot, so that the record is of this one.
    const cache::Record& record = found.record;
    const Instant now = clock.now();
    const auto judgement = cache::judge(record.lifetime, now, record.lifetime.boot_id);
    if (judgement.freshness == cache::Freshness::spent)
        return std::nullopt;
    FrontHit hit{to_exec_credential_json(*version, record.token.reveal(), judgement.reported_expiry,
                                         record.pair)};
    if (of_run)
        return hit;
    const cache::Suspicion suspicion = suspect(directory, found, now);
    if (suspicion == cache::Suspicion::before)
        return std::nullopt;
    // A renewal makes the check needless.
    if (judgement.freshness == cache::Freshness::due)
        hit.behind = "renew-in-background";
    else if (suspicion == cache::Suspicion::behind)
        hit.behind = "check-in-background";
    return hit;
}

} // namespace leasehold::helper
