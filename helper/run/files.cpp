#include "helper/run/files.hpp"

#include "cache/store/entry_files.hpp"
#include "cache/store/memory_store.hpp"
#include "cache/store/private_directory.hpp"
#include "helper/process/run_place.hpp"
#include "src/base/directory.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/random.hpp"
#include "src/lease/profile/file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view origin_suffix = ".origin";
constexpr std::string_view leases_suffix = ".leases";
constexpr std::string_view token_suffix = ".token";
constexpr char forgone = '!'; // before the id of a lease that was not made
constexpr std::size_t most_bytes = 1 << 20;

// Held shared by whoever makes a run, for the moment until it has locked its own directory; alone
// by whoever looks for abandoned ones.
Fd lock_place(const std::string& place, int how) {
    Fd directory(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (directory)
        (void)::flock(directory.get(), how);
    return directory;
}

Fd hold_directory(const std::string& directory) {
    Fd held(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!held || ::flock(held.get(), LOCK_EX | LOCK_NB) != 0)
        return Fd();
    return held;
}

// The place, made if what is above it is there and in memory; and why not, if not.
Result<void> make_place(const std::string& place) {
    std::string above = directory_of(place);
    while (above != "/" && ::access(above.c_str(), F_OK) != 0)
        above = directory_of(above);
    if (!cache::is_on_memory_file_system(above))
        return make_error(ErrorCode::configuration,
                          leasehold::quoted(place) + " would not be in memory");
    LEASEHOLD_TRY(cache::open_private_directory(place, cache::DirectoryRule::private_to_me));
    if (::access(place.c_str(), W_OK) != 0)
        return system_error(ErrorCode::configuration,
                            leasehold::quoted(place) + " cannot be written to", errno);
    return {};
}

// Ours alone, in memory, and no link: asked of the open directory by the store itself.
bool is_a_run(const std::string& directory) {
    const auto files = cache::EntryFiles::open(directory, cache::Medium::memory);
    return files && *files;
}

Result<std::string> read_text(const std::string& path) {
    return read_file(
        path,
        {.owned_by_me = true, .private_to_me = true, .follow_symlinks = false, .limit = most_bytes},
        "file of a run");
}

} // namespace

std::vector<std::string> places_of_runs(const Process& process) {
    const auto& variables = process.environment.all();
    return run_places([&](std::string_view name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

Result<RunFiles> RunFiles::create(const Process& process) {
    std::string trouble;
    for (const std::string& place : places_of_runs(process)) {
        if (auto made = make_place(place); !made) {
            trouble += (trouble.empty() ? "" : "; ") + made.error().message;
            continue;
        }
        const Fd while_unlocked = lock_place(place, LOCK_SH);
        const auto id = random_hex(run_id_length / 2);
        if (!id)
            return make_error(ErrorCode::internal, "the kernel gives no random bytes");
        RunFiles run(place, *id);
        run.directory_ += '/' + run.id_;
        if (::mkdir(run.directory_.c_str(), 0700) != 0)
            return system_error(ErrorCode::configuration, "cannot make " + run.directory_, errno);
        if (!run.hold()) {
            run.remove();
            return make_error(ErrorCode::internal, "cannot lock " + run.directory_);
        }
        return run;
    }
    return make_error(ErrorCode::configuration,
                      "there is no memory file system for the run's files: " + trouble,
                      "mount one at /dev/shm (docker and Kubernetes do by themselves), or set "
                      "LEASEHOLD_RUNTIME_DIR to a directory on a tmpfs");
}

std::optional<RunFiles> RunFiles::find(const Process& process, std::string_view id) {
    for (const std::string& place : places_of_runs(process)) {
        RunFiles run(place + '/' + std::string(id), std::string(id));
        if (is_a_run(run.directory_))
            return run;
    }
    return std::nullopt;
}

std::vector<RunFiles> RunFiles::abandoned(const Process& process) {
    std::vector<RunFiles> runs;
    for (const std::string& place : places_of_runs(process)) {
        // One that is being made counts as held: its maker has the place.
        const Fd alone = lock_place(place, LOCK_EX);
        for (const auto& entry : entries_of(place)) {
            RunFiles run(entry.path(), entry.path().filename());
            if (!is_run_id(run.id_) || !is_a_run(run.directory_))
                continue;
            if (run.hold())
                runs.push_back(std::move(run));
        }
    }
    return runs;
}

std::string RunFiles::path(std::string_view name) const {
    return directory_ + '/' + std::string(name);
}

std::string RunFiles::token_path(const std::string& name) const {
    return path(name + std::string(token_suffix));
}

bool RunFiles::is_held() const {
    return !hold_directory(directory_);
}

bool RunFiles::hold() {
    held_ = hold_directory(directory_);
    return static_cast<bool>(held_);
}

Result<void> RunFiles::add(const RunProfile& profile, const std::string& home) const {
    const std::string& name = profile.profile.name;
    LEASEHOLD_TRY(write_file(lease::profile_path(directory_, name), profile.text, 0600));
    return write_file(path(name + std::string(origin_suffix)), profile.profile.path + '\n' + home,
                      0600);
}

Result<std::vector<std::string>> RunFiles::profiles() const {
    return lease::list_profiles(directory_);
}

Result<lease::Profile> RunFiles::profile(const std::string& name) const {
    const std::string copy = lease::profile_path(directory_, name);
    LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(copy, lease::profile_file_rules()));
    if (!file)
        return make_error(ErrorCode::configuration,
                          "this run of 'leasehold exec' has no profile " + leasehold::quoted(name),
                          "it ended, or the kubeconfig is another run's");
    LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*file, copy, most_bytes));
    LEASEHOLD_TRY_ASSIGN(const std::string origin,
                         read_text(path(name + std::string(origin_suffix))));
    if (origin.empty())
        return make_error(ErrorCode::configuration, "the run's files are incomplete");
    const std::size_t line = std::min(origin.find('\n'), origin.size() - 1);
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile,
                         lease::parse_profile(text, name, origin.substr(0, line),
                                              std::string_view(origin).substr(line + 1)));
    profile.identity = file->identity;
    return profile;
}

std::unique_ptr<cache::QuickStore> RunFiles::store() const {
    return cache::make_memory_store({directory_});
}

cache::CacheKey RunFiles::key(const std::string& name) const {
    return cache::CacheKey::of({{"kind", "run"}, {"run", id_}, {"profile", name}});
}

std::optional<cache::Record> RunFiles::record(const std::string& name) const {
    const cache::CacheKey mine = key(name);
    const auto bytes = store()->get(mine);
    if (!bytes || !*bytes)
        return std::nullopt;
    auto record = cache::decode_record((*bytes)->reveal());
    if (!record || record->key_material != mine.material())
        return std::nullopt;
    return record;
}

Result<void> RunFiles::keep(const std::string& name, const cache::Record& record) const {
    const auto kept =
        store()->put(key(name), cache::encode_record(record), record.lifetime.ends_after);
    if (!kept)
        return make_error(ErrorCode::store,
                          "the run's lease cannot be kept in " + directory_ + ": " +
                              kept.error().message,
                          kept.error().hint);
    return {};
}

bool RunFiles::note_lease(const std::string& name, const std::string& lease) const {
    const Fd file(::open(path(name + std::string(leases_suffix)).c_str(),
                         O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    return file && write_all(file.get(), lease + '\n') == 0;
}

void RunFiles::forgo_lease(const std::string& name, const std::string& lease) const {
    (void)note_lease(name, forgone + lease);
}

std::vector<std::string> RunFiles::leases(const std::string& name) const {
    std::vector<std::string> ids;
    const auto text = read_text(path(name + std::string(leases_suffix)));
    std::istringstream lines(text ? *text : "");
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(forgone))
            std::erase(ids, line.substr(1));
        else if (!line.empty() && std::find(ids.begin(), ids.end(), line) == ids.end())
            ids.push_back(line);
    return ids;
}

void RunFiles::forget_leases(const std::string& name) const {
    (void)::unlink(path(name + std::string(leases_suffix)).c_str());
}

UnixTime RunFiles::last_noted(const std::string& name) const {
    struct stat status {};
    const std::string notes = path(name + std::string(leases_suffix));
    return ::stat(notes.c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
}

void RunFiles::remove_secrets() const {
    (void)store()->clear();
    (void)::unlink(path("kubeconfig").c_str());
    if (const auto names = profiles())
        for (const std::string& name : *names)
            (void)::unlink(token_path(name).c_str());
}

void RunFiles::remove() const {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

} // namespace leasehold::helper
