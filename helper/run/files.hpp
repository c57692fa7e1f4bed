// The files of one run of `leasehold exec`: a directory of its own on a memory file system, 0700,
// that the running process holds locked. What is in it for a profile NAME:
//   NAME.yaml    the profile as it was when the run began
//   NAME.origin  where it came from, and this user's home: what paths in it are relative to
//   NAME.leases  the ids of the leases that are, or may be, in the cluster for it
//   NAME.token   its token, where the command wants a file
// Beside them lie the kubeconfig and, as in every memory store, the leases themselves.
#pragma once

#include "cache/record/key.hpp"
#include "cache/record/record.hpp"
#include "cache/store/quick_store.hpp"
#include "helper/process/edges.hpp"
#include "src/base/error.hpp"
#include "src/base/fd.hpp"
#include "src/lease/profile/profile.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// Where runs of this process's user may have their directories, in order of preference.
[[nodiscard]] std::vector<std::string> places_of_runs(const Process& process);

// A profile that a run leases for, and the text of its file.
struct RunProfile {
    lease::Profile profile;
    std::string text;
};

class RunFiles {
public:
    // Makes and locks the directory of a new run. ErrorCode::configuration if there is no memory
    // file system for it.
    [[nodiscard]] static Result<RunFiles> create(const Process& process);
    // The run of this name; empty if there is none. Not locked.
    [[nodiscard]] static std::optional<RunFiles> find(const Process& process, std::string_view id);
    // The runs that nobody holds any more: their process was killed. They are locked now.
    [[nodiscard]] static std::vector<RunFiles> abandoned(const Process& process);

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] std::string path(std::string_view name) const;
    [[nodiscard]] std::string token_path(const std::string& name) const;
    // Whether some process holds it. Of a run that was found.
    [[nodiscard]] bool is_held() const;
    // Locks it, if nobody does.
    [[nodiscard]] bool hold();

    // `home` is what "~" means in it.
    [[nodiscard]] Result<void> add(const RunProfile& profile, const std::string& home) const;
    [[nodiscard]] Result<std::vector<std::string>> profiles() const;
    // The profile as it was added; its path is the original's, its identity the copy's.
    [[nodiscard]] Result<lease::Profile> profile(const std::string& name) const;

    // Where the run keeps the lease of a profile, and under what.
    [[nodiscard]] std::unique_ptr<cache::QuickStore> store() const;
    [[nodiscard]] cache::CacheKey key(const std::string& name) const;
    [[nodiscard]] std::optional<cache::Record> record(const std::string& name) const;
    [[nodiscard]] Result<void> keep(const std::string& name, const cache::Record& record) const;

    // Notes a lease's id before it is made; false if that failed.
    bool note_lease(const std::string& name, const std::string& lease) const;
    // It was not made.
    void forgo_lease(const std::string& name, const std::string& lease) const;
    [[nodiscard]] std::vector<std::string> leases(const std::string& name) const;
    void forget_leases(const std::string& name) const;
    // When the last of them was noted; 0 if there is none.
    [[nodiscard]] UnixTime last_noted(const std::string& name) const;

    // Takes away whatever is or leads to a secret: the command is over, or cannot go on.
    void remove_secrets() const;
    // Takes away the whole directory.
    void remove() const;

private:
    RunFiles(std::string directory, std::string id)
        : directory_(std::move(directory)), id_(std::move(id)) {}

    std::string directory_;
    std::string id_;
    Fd held_;
};

} // namespace leasehold::helper
