#include "kubeconfig/file/file.hpp"

#include "kubeconfig/file/lock.hpp"
#include "kubeconfig/file/replacement.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::kubeconfig {
namespace {

constexpr std::size_t k_size_limit = 4 << 20;
constexpr int k_links_limit = 40; // as the kernel's
constexpr int k_attempts = 8;

Error file_error(const std::string& path, std::string_view what, std::string hint = {}) {
    return make_error(ErrorCode::configuration, quoted(path) + ' ' + std::string(what),
                      std::move(hint));
}

// The file that a path leads to; the last link's target need not exist.
Result<std::string> follow_links(std::string path) {
    for (int links = 0; links < k_links_limit; ++links) {
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

struct Content {
    std::string text;
    std::optional<FileIdentity> identity; // empty: there is no file
    FileOwnership ownership;
    bool linked_twice = false;
};

Result<Content> read_content(const std::string& path) {
    const FileRules rules{.owned_by_me = true,
                          .not_writable_by_others = true,
                          .follow_symlinks = false,
                          .limit = k_size_limit};
    LEASEHOLD_TRY_ASSIGN(std::optional<OpenFile> file, open_checked(path, rules));
    Content content;
    if (!file)
        return content;
    struct stat status {};
    if (::fstat(file->fd.get(), &status) != 0)
        return system_error(ErrorCode::configuration, "cannot examine " + quoted(path), errno);
    LEASEHOLD_TRY_ASSIGN(content.text, read_all(*file, path, k_size_limit));
    content.identity = file->identity;
    content.ownership = {status.st_mode & 07777, status.st_gid};
    content.linked_twice = status.st_nlink > 1;
    return content;
}

// A file of root's could be read, but only be replaced by one of ours.
Result<void> check_owner(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || status.st_uid == ::geteuid())
        return {};
    return file_error(path, "belongs to another user (uid " + std::to_string(status.st_uid) + ")",
                      "run: chown " + std::to_string(::geteuid()) + ' ' + path);
}

Result<void> make_directory(const std::string& directory) {
    struct stat status {};
    if (::stat(directory.c_str(), &status) == 0)
        return {};
    return make_private_directory(directory);
}

enum class Written { yes, in_place, overtaken };

// Empty if the file must be rewritten in place: a second link to it would keep the old content.
Result<std::optional<Replacement>> prepare(const std::string& path, const Content& old,
                                           std::string_view text) {
    if (old.linked_twice)
        return std::optional<Replacement>();
    return Replacement::prepare(path, text, old.ownership);
}

// Programs that take no lock (aws, az, editors) may have written meanwhile: then nothing is done.
Result<Written> write_content(const std::string& path, const Content& old, std::string_view text) {
    LEASEHOLD_TRY_ASSIGN(std::optional<Replacement> replacement, prepare(path, old, text));
    LEASEHOLD_TRY_ASSIGN(const Content now, read_content(path));
    if (now.identity != old.identity || now.text != old.text)
        return Written::overtaken;
    const int error_number = replacement ? replacement->commit(old.identity.has_value()) : EBUSY;
    if (error_number == 0)
        return Written::yes;
    if (error_number == EEXIST)
        return Written::overtaken;
    if (error_number != EBUSY && error_number != EXDEV)
        return system_error(ErrorCode::configuration, "cannot replace " + quoted(path),
                            error_number);
    LEASEHOLD_TRY(rewrite_in_place(path, old.text, text));
    return Written::in_place;
}

Result<Outcome> edit_locked(const std::string& path, const EditFunction& edit) {
    remove_strays(path);
    LEASEHOLD_TRY(check_no_backup(path));
    LEASEHOLD_TRY(check_owner(path));
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        LEASEHOLD_TRY_ASSIGN(const Content old, read_content(path));
        LEASEHOLD_TRY_ASSIGN(const std::string text, edit(old.text));
        Outcome outcome{.path = path};
        if (text == old.text)
            return outcome;
        LEASEHOLD_TRY_ASSIGN(const Written written, write_content(path, old, text));
        if (written == Written::overtaken)
            continue;
        outcome.changed = true;
        outcome.created = !old.identity;
        outcome.in_place = written == Written::in_place;
        return outcome;
    }
    return file_error(path, "is being changed by another program all the time",
                      "run the command again when that program has ended");
}

} // namespace

Result<Outcome> edit_file(const std::string& path, const EditOptions& options,
                          const EditFunction& edit) {
    if (path.empty() || path == "-")
        return make_error(ErrorCode::usage,
                          "a kubeconfig to edit must be a file, not " + quoted(path));
    LEASEHOLD_TRY_ASSIGN(const std::string target, follow_links(path));
    LEASEHOLD_TRY(make_directory(directory_of(target)));
    // Before a lock is made beside a device, a directory or somebody else's file.
    LEASEHOLD_TRY(read_content(target));

    const SignalHold signals;
    const Deadline deadline = Deadline::after(options.lock_wait);
    LEASEHOLD_TRY_ASSIGN(const FileLock lock,
                         FileLock::take(path, deadline, options.break_lock, signals));
    std::optional<FileLock> target_lock;
    if (target != path) {
        LEASEHOLD_TRY_ASSIGN(FileLock second,
                             FileLock::take(target, deadline, options.break_lock, signals));
        target_lock.emplace(std::move(second));
    }
    LEASEHOLD_TRY_ASSIGN(const std::string target_now, follow_links(path));
    if (target_now != target)
        return file_error(path, "was made to lead to another file meanwhile");
    return edit_locked(target, edit);
}

Result<std::string> read_kubeconfig(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(const std::string target, follow_links(path));
    LEASEHOLD_TRY_ASSIGN(Content content, read_content(target));
    return std::move(content.text);
}

} // namespace leasehold::kubeconfig
