#include "src/base/secret_file.hpp"

#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace leasehold {
namespace {

// White space of Unicode in UTF-8: U+0009 to U+000D, space, and what is longer than a byte.
constexpr std::array<std::string_view, 25> spaces{
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
    "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
    "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
    "\xe3\x80\x80"};

bool is_on_read_only_file_system(int fd) {
    struct statvfs status {};
    return ::fstatvfs(fd, &status) == 0 && (status.f_flag & ST_RDONLY) != 0;
}

// Whether a directory on the way to the file lets nobody pass but its owner, this user or root.
bool is_behind_a_closed_directory(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           &std::free);
    if (!real)
        return false;
    for (std::string at = directory_of(real.get()); at != "/"; at = directory_of(at)) {
        struct stat status {};
        if (::stat(at.c_str(), &status) != 0)
            return false;
        if ((status.st_mode & 011) == 0 && (status.st_uid == ::geteuid() || status.st_uid == 0))
            return true;
    }
    return false;
}

// Whether the file's owner and mode say nothing against it, or cannot.
bool is_kept_by_its_place(const OpenFile& file, const std::string& path) {
    struct stat status {};
    if (::fstat(file.fd.get(), &status) != 0)
        return false;
    const bool of_root = status.st_uid == 0 && ::geteuid() != 0 && (status.st_mode & 022) == 0;
    const bool mine = status.st_uid == 0 || status.st_uid == ::geteuid();
    return of_root || is_on_read_only_file_system(file.fd.get()) ||
           (mine && is_behind_a_closed_directory(path));
}

Error empty_file(const std::string& path, std::string_view what) {
    // Taken for a credential it would make a request without any.
    return make_error(ErrorCode::configuration,
                      quoted(path) + " is empty, and should hold the " + std::string(what));
}

Result<std::string> read_checked(const std::string& path, std::string_view what,
                                 const FileRules& rules) {
    if (rules.private_to_me) {
        auto strict = open_checked(path, rules);
        if (!strict) {
            auto open = open_checked(path, {.limit = rules.limit});
            if (!open || !*open || !is_kept_by_its_place(**open, path))
                return std::move(strict).error();
            return read_all(**open, path, rules.limit);
        }
    }
    return read_file(path, rules, what);
}

} // namespace

std::string_view without_outer_space(std::string_view text) {
    const auto at_front = [&](std::string_view space) { return text.starts_with(space); };
    const auto at_end = [&](std::string_view space) { return text.ends_with(space); };
    for (auto found = spaces.begin();
         (found = std::find_if(spaces.begin(), spaces.end(), at_front)) != spaces.end();)
        text.remove_prefix(found->size());
    for (auto found = spaces.begin();
         (found = std::find_if(spaces.begin(), spaces.end(), at_end)) != spaces.end();)
        text.remove_suffix(found->size());
    return text;
}

Result<Secret> read_secret_file(const std::string& path, std::string_view what,
                                const FileRules& rules) {
    LEASEHOLD_TRY_ASSIGN(std::string text, read_checked(path, what, rules));
    if (!text.empty() && text.back() == '\n')
        text.pop_back();
    if (!text.empty() && text.back() == '\r')
        text.pop_back();
    if (text.empty())
        return empty_file(path, what);
    return Secret::take(std::move(text));
}

Result<Secret> read_token_file(const std::string& path, std::string_view what,
                               const FileRules& rules) {
    LEASEHOLD_TRY_ASSIGN(std::string text, read_checked(path, what, rules));
    Secret token(without_outer_space(text));
    wipe(text);
    if (token.empty())
        return empty_file(path, what);
    return token;
}

} // namespace leasehold
