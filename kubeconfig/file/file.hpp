// Changing a kubeconfig file so that no program that reads or writes it at the same time is hurt
// (G11).
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <functional>
#include <string>
#include <vector>

namespace leasehold::kubeconfig {

struct EditOptions {
    Milliseconds lock_wait{5000};
    bool break_lock = false; // take away a lock file that is older than a minute
    bool dry_run = false;    // write nothing; what would fail fails
};

struct Outcome {
    std::string path; // the file itself, links followed
    bool changed = false;
    bool created = false;
    bool in_place = false; // rewritten, because it could not be replaced (a bind mount)
};

// Gets the file's text ("" if there is no file yet) and gives the new one. May be called again if
// a program that takes no lock changed the file meanwhile, and before directories are made.
using EditFunction = std::function<Result<std::string>(std::string old)>;

// Runs `edit` under client-go's lock (`PATH.lock`, beside the path as given and, for a link,
// beside the file it leads to, where that can be) and replaces the file by its result in one step.
// Owner, mode and attributes are kept; a new file gets 0600, a new directory 0700. An unchanged
// text writes nothing and makes no directory. A program that is writing the file without a lock is
// waited for; one that begins to while it is replaced has what it wrote edited in its turn.
//
// SIGINT, SIGTERM, SIGHUP and the like are held back while a lock exists and act right after it is
// gone; so this must run on the program's only thread. Errors have ErrorCode::configuration, or
// ::interrupted if a signal came during the wait for a lock.
[[nodiscard]] Result<Outcome> edit_file(const std::string& path, const EditOptions& options,
                                        const EditFunction& edit);

// Takes away the locks that a leasehold left of these files which was killed, so that kubectl can
// edit them: for commands that may find nothing to edit.
void remove_abandoned_locks(const std::vector<std::string>& paths);

// What `look` answers twice in a row, or the last of twenty answers: a program that writes in place
// while a file is read leaves half of the old text and half of the new, and the next look shows
// another. Where it stands still for two looks, that is not seen.
[[nodiscard]] Result<std::string> read_settled(const std::function<Result<std::string>()>& look);

// The bytes of a kubeconfig, for looking only; "" if there is none. As kubectl does it takes
// whatever can be read, pipes and devices included.
[[nodiscard]] Result<std::string> read_kubeconfig(const std::string& path);

} // namespace leasehold::kubeconfig
