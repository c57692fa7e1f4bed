#include "kubeconfig/file/file.hpp"

#include "kubeconfig/file/lock.hpp"
#include "kubeconfig/file/quiet.hpp"
#include "kubeconfig/file/replacement.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/kubeconfig_form.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::kubeconfig {
namespace {

constexpr FileRules editing{.owned_by_me = true,
                            .not_writable_by_others = true,
                            .follow_symlinks = false,
                            .limit = longest_kubeconfig};
constexpr int links_limit = 40; // as the kernel's
constexpr int attempts = 8;     // at least
// For what somebody else wrote, which would be lost otherwise.
constexpr int attempts_to_keep = 1000;
constexpr Milliseconds patience_to_keep{5000};

Error file_error(const std::string& path, std::string_view what, std::string hint = {}) {
    return make_error(ErrorCode::configuration, quoted(path) + ' ' + std::string(what),
                      std::move(hint));
}

// The file that a path leads to; the last link's target need not exist.
Result<std::string> follow_links(std::string path) {
    for (int links = 0; links < links_limit; ++links) {
        std::array<char, PATH_MAX> target{};
        const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
        if (length < 0 && (errno == EINVAL || errno == ENOENT || errno == ENOTDIR))
            return path;
        if (length < 0 || static_cast<std::size_t>(length) == target.size())
            return system_error(ErrorCode::configuration, "cannot read the link " + quoted(path),
                                length < 0 ? errno : ENAMETOOLONG);
        const std::string_view text(target.data(), static_cast<std::size_t>(length));
        path = resolve_path(text, directory_of(path), {});
    }
    return system_error(ErrorCode::configuration, "cannot follow " + quoted(path), ELOOP);
}

// The links under /proc (/dev/fd/3, /dev/stdin) say something that is no path.
Result<std::string> file_to_edit(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(std::string target, follow_links(path));
    struct stat meant {};
    struct stat found {};
    if (::stat(path.c_str(), &meant) != 0)
        return target;
    if (::lstat(target.c_str(), &found) != 0 || found.st_dev != meant.st_dev ||
        found.st_ino != meant.st_ino)
        return file_error(path, "is a pipe or something else that cannot be edited",
                          "name a file with --kubeconfig");
    return target;
}

struct Content {
    std::string text;
    std::optional<FileIdentity> identity; // empty: there is no file
    FileOwnership ownership;
    bool linked_twice = false;
};

Result<Content> content_of(const OpenFile& file, const std::string& path) {
    Content content;
    struct stat status {};
    if (::fstat(file.fd.get(), &status) != 0)
        return system_error(ErrorCode::configuration, "cannot examine " + quoted(path), errno);
    LEASEHOLD_TRY_ASSIGN(content.text, read_all(file, path, editing.limit));
    content.identity = file.identity;
    content.ownership = {status.st_mode & 07777, status.st_gid, file.fd.get()};
    content.linked_twice = status.st_nlink > 1;
    return content;
}

Result<Content> read_content(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(const std::optional<OpenFile> file, open_checked(path, editing));
    return file ? content_of(*file, path) : Result<Content>(Content());
}

// A file of root's could be read, but only be replaced by one of ours.
Result<void> check_owner(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || status.st_uid == ::geteuid())
        return {};
    return file_error(path, "belongs to another user (uid " + std::to_string(status.st_uid) + ")",
                      ::geteuid() == 0
                          ? "run it as that user, or with root's own files: sudo -H"
                          : "run: chown " + std::to_string(::geteuid()) + ' ' + shell_word(path));
}

// One file being edited under its locks.
class LockedEdit {
public:
    LockedEdit(const std::string& given, const std::string& target, const EditFunction& edit,
               Milliseconds patience, const SignalHold& signals)
        : path_(target), edit_(edit), patience_(patience), signals_(signals),
          // In a directory that cannot be written the file can only be rewritten in place.
          beside_(::access(directory_of(target).c_str(), W_OK) == 0 ? target : given) {}

    Result<Outcome> run() {
        remove_strays(path_);
        LEASEHOLD_TRY(check_no_backup(beside_));
        LEASEHOLD_TRY(check_owner(path_));
        const Deadline deadline = Deadline::after(patience_);
        for (int attempt = 0; goes_on(attempt, deadline); ++attempt) {
            LEASEHOLD_TRY(look());
            const Result<std::string> text = edit_(base());
            // Once it stands, others who change the file have read it, and may have taken its
            // place.
            if (outcome_.changed && !rescued_ && (!text || *text == old_.text))
                return outcome_;
            LEASEHOLD_TRY(text);
            if (*text == old_.text)
                return outcome_;
            LEASEHOLD_TRY_ASSIGN(const Written written, write(*text));
            if (written == Written::overtaken)
                continue;
            outcome_.path = path_;
            outcome_.changed = true;
            outcome_.created = outcome_.created || !old_.identity;
            outcome_.in_place = written == Written::in_place;
            if (!outcome_.in_place && quiet_ && quiet_->is_wanted()) {
                LEASEHOLD_TRY(rescue(*text));
                continue;
            }
            return outcome_;
        }
        if (rescued_)
            return replaced_under_a_writer();
        return file_error(path_, "is being changed by another program all the time",
                          "run the command again when that program has ended");
    }

private:
    enum class Written { yes, in_place, overtaken };

    // What was rescued is in no file until it is written.
    bool goes_on(int attempt, const Deadline& deadline) const {
        return attempt < attempts || !deadline.passed() || (rescued_ && attempt < attempts_to_keep);
    }

    Milliseconds patience() const {
        return rescued_ ? std::max(patience_, patience_to_keep) : patience_;
    }

    Error replaced_under_a_writer() const {
        return file_error(path_, "was replaced while another program was writing it",
                          "let that program write it again");
    }

    Result<void> look() {
        quiet_.reset(); // whoever waits for the last one goes first
        LEASEHOLD_TRY_ASSIGN(
            quiet_, QuietFile::open(path_, editing, Deadline::after(patience()), signals_));
        old_ = {};
        if (quiet_) {
            LEASEHOLD_TRY_ASSIGN(old_, content_of(quiet_->file(), path_));
        }
        return {};
    }

    // What somebody wrote to the file that ours has replaced, as long as ours still stands.
    std::string base() {
        if (rescued_ && old_.text != ours_)
            rescued_.reset();
        return rescued_.value_or(old_.text);
    }

    // Empty if the file must be rewritten in place: a second link to it would keep the old content.
    Result<std::optional<Replacement>> prepare(std::string_view text) const {
        if (old_.linked_twice)
            return std::optional<Replacement>();
        return Replacement::prepare(path_, text, old_.ownership);
    }

    // Programs that take no lock (aws, az, editors) may have written meanwhile: then nothing is
    // done.
    Result<Written> write(std::string_view text) {
        LEASEHOLD_TRY_ASSIGN(std::optional<Replacement> replacement, prepare(text));
        LEASEHOLD_TRY_ASSIGN(const Content now, read_content(path_));
        if (now.identity != old_.identity || now.text != old_.text ||
            (quiet_ && quiet_->is_wanted()))
            return Written::overtaken;
        const int error_number =
            replacement ? replacement->commit(old_.identity.has_value()) : EBUSY;
        if (error_number == 0)
            return Written::yes;
        if (error_number == EEXIST)
            return Written::overtaken;
        if (error_number != EBUSY && error_number != EXDEV)
            return system_error(ErrorCode::configuration, "cannot replace " + quoted(path_),
                                error_number);
        quiet_.reset(); // or we would wait for ourselves
        LEASEHOLD_TRY(rewrite_in_place(path_, beside_, old_.text, text));
        return Written::in_place;
    }

    // Somebody opened the old file for writing right before it was replaced: what they write has
    // no name any more. It becomes the text that is edited.
    Result<void> rescue(const std::string& text) {
        if (!quiet_->wait_for_writers(Deadline::after(patience_to_keep), signals_))
            return replaced_under_a_writer();
        std::string written;
        (void)::lseek(quiet_->file().fd.get(), 0, SEEK_SET);
        LEASEHOLD_TRY_ASSIGN(written, read_all(quiet_->file(), path_, editing.limit));
        ours_ = text;
        rescued_ = std::move(written);
        return {};
    }

    const std::string& path_;
    const EditFunction& edit_;
    Milliseconds patience_;
    const SignalHold& signals_;
    const std::string beside_;
    std::optional<QuietFile> quiet_;
    Content old_;
    std::string ours_;
    std::optional<std::string> rescued_;
    Outcome outcome_{.path = path_};
};

// What an edit would say, without a lock and without a trace.
Result<Outcome> foretell(const std::string& path, const std::string& target,
                         const EditFunction& edit) {
    LEASEHOLD_TRY_ASSIGN(const Content old, read_content(target));
    LEASEHOLD_TRY(check_no_backup(target));
    LEASEHOLD_TRY(check_owner(target));
    LEASEHOLD_TRY_ASSIGN(const std::string text, edit(old.text));
    Outcome outcome{.path = target, .changed = text != old.text, .created = !old.identity};
    std::string directory = directory_of(path);
    struct stat status {};
    while (::stat(directory.c_str(), &status) != 0 && directory != "/" && directory != ".")
        directory = directory_of(directory);
    if (outcome.changed && ::access(directory.c_str(), W_OK) != 0)
        return file_error(directory, "cannot be written to: " + errno_text(errno));
    return outcome;
}

} // namespace

Result<Outcome> edit_file(const std::string& path, const EditOptions& options,
                          const EditFunction& edit) {
    if (path.empty() || path == "-")
        return make_error(ErrorCode::usage,
                          "a kubeconfig to edit must be a file, not " + quoted(path));
    LEASEHOLD_TRY_ASSIGN(const std::string target, file_to_edit(path));
    if (options.dry_run)
        return foretell(path, target, edit);
    struct stat status {};
    if (::stat(directory_of(target).c_str(), &status) != 0) {
        // What fails, or has nothing to do, makes no directory.
        LEASEHOLD_TRY_ASSIGN(const std::string text, edit({}));
        if (text.empty())
            return Outcome{.path = target};
        LEASEHOLD_TRY(make_private_directory(directory_of(target)));
    }
    // Before a lock is made beside a device, a directory or somebody else's file.
    LEASEHOLD_TRY(read_content(target));

    const SignalHold signals;
    const Deadline deadline = Deadline::after(options.lock_wait);
    LEASEHOLD_TRY_ASSIGN(const FileLock lock,
                         FileLock::take(path, deadline, options.break_lock, signals));
    std::optional<FileLock> target_lock;
    // Beside the target nobody else can make a lock either where we cannot.
    if (target != path && ::access(directory_of(target).c_str(), W_OK) == 0) {
        LEASEHOLD_TRY_ASSIGN(FileLock second,
                             FileLock::take(target, deadline, options.break_lock, signals));
        target_lock.emplace(std::move(second));
    }
    LEASEHOLD_TRY_ASSIGN(const std::string target_now, file_to_edit(path));
    if (target_now != target)
        return file_error(path, "was made to lead to another file meanwhile");
    return LockedEdit(path, target, edit, options.lock_wait, signals).run();
}

void remove_abandoned_locks(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        FileLock::remove_abandoned(path);
        if (const auto target = follow_links(path); target && *target != path)
            FileLock::remove_abandoned(*target);
    }
}

namespace {

Result<std::string> read_once(const OpenFile& file, const std::string& path) {
    (void)::lseek(file.fd.get(), 0, SEEK_SET);
    return read_all(file, path, longest_kubeconfig);
}

} // namespace

Result<std::string> read_settled(const std::function<Result<std::string>()>& look) {
    constexpr int most_looks = 20;
    LEASEHOLD_TRY_ASSIGN(std::string text, look());
    for (int looks = 1; looks < most_looks; ++looks) {
        LEASEHOLD_TRY_ASSIGN(std::string again, look());
        if (again == text)
            break;
        text = std::move(again);
    }
    return text;
}

Result<std::string> read_kubeconfig(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(
        const std::optional<OpenFile> file,
        open_checked(path, FileRules{.streams = true, .limit = longest_kubeconfig}));
    if (!file)
        return std::string();
    if (!S_ISREG(file->mode))
        return read_all(*file, path, longest_kubeconfig);
    return read_settled([&] { return read_once(*file, path); });
}

} // namespace leasehold::kubeconfig
