// Telling whether a program that takes no lock is in the middle of writing a file. Such programs
// truncate it and write on: what can be read meanwhile is a part of it, or nothing.
#pragma once

#include "kubeconfig/file/lock.hpp"
#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/files.hpp"

#include <optional>
#include <string>

namespace leasehold::kubeconfig {

// A file that nobody had open for writing. The kernel tells by a lease (fcntl(2)): it is granted
// only then, and whoever opens the file for writing afterwards waits until it is given back. Where
// there are none (network file systems), the file must have been left alone for some time instead.
class QuietFile {
public:
    // Opens the file by `rules` when it is quiet. Empty if there is none. At the deadline an Error.
    [[nodiscard]] static Result<std::optional<QuietFile>> open(const std::string& path,
                                                               const FileRules& rules,
                                                               Deadline deadline,
                                                               const SignalHold& signals);
    QuietFile(QuietFile&&) noexcept = default;
    QuietFile& operator=(QuietFile&&) noexcept = default;
    // Closing gives the lease back.
    ~QuietFile() = default;

    [[nodiscard]] const OpenFile& file() const { return file_; }
    // True if somebody waits to write to it.
    [[nodiscard]] bool is_wanted() const;
    // Lets them, and waits until they are done; then it is quiet again. False at the deadline.
    [[nodiscard]] bool wait_for_writers(Deadline deadline, const SignalHold& signals);

private:
    QuietFile(OpenFile file, bool leased) : file_(std::move(file)), leased_(leased) {}

    OpenFile file_;
    bool leased_ = false;
};

} // namespace leasehold::kubeconfig
