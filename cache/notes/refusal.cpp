#include "cache/notes/refusal.hpp"

#include "cache/record/key.hpp"
#include "cache/record/named_lines.hpp"
#include "cache/store/private_directory.hpp"
#include "src/base/directory.hpp"
#include "src/base/files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr std::string_view first_name = "leasehold-refusal";
constexpr std::int64_t format_version = 1;
constexpr std::int64_t latest_time = 253'402'300'799;
constexpr std::int64_t longest_time = 3600;
constexpr std::size_t file_limit = 16 * 1024;

std::string file_path(const std::string& directory, std::string_view key_digest) {
    return directory + '/' + std::string(key_digest) + ".refusal";
}

std::optional<ErrorCode> error_code(std::int64_t number) {
    constexpr std::array codes{
        ErrorCode::internal,   ErrorCode::usage,       ErrorCode::configuration,
        ErrorCode::denied,     ErrorCode::unreachable, ErrorCode::timed_out,
        ErrorCode::bad_answer, ErrorCode::store,       ErrorCode::interrupted};
    for (const ErrorCode code : codes)
        if (static_cast<std::int64_t>(code) == number)
            return code;
    return std::nullopt;
}

bool within(std::int64_t now, std::int64_t since, std::int64_t time) {
    return now >= since && now < since + time;
}

std::optional<Error> decode(std::string_view text, Instant now) {
    LineReader reader(text);
    const auto version = reader.number(first_name, format_version);
    const auto wall = reader.number("wall", latest_time);
    const auto boot = reader.number("boot", latest_time);
    const auto time = reader.number("time", longest_time);
    const auto number = reader.number("code", 255);
    auto message = reader.text("message");
    auto hint = reader.text("hint");
    if (version != format_version || !wall || !boot || !time || !number || !message || !hint ||
        !reader.at_end())
        return std::nullopt;
    const auto code = error_code(*number);
    if (!code || !within(now.wall, *wall, *time) || !within(now.boot, *boot, *time))
        return std::nullopt;
    Error error = make_error(*code, *std::move(message), *std::move(hint));
    error.retry_after = static_cast<int>(*boot + *time - now.boot);
    return error;
}

} // namespace

Seconds refusal_time(const Error& error) {
    if (error.local)
        return Seconds(0);
    switch (error.code) {
    case ErrorCode::denied:
        return Seconds(15);
    case ErrorCode::unreachable:
    case ErrorCode::timed_out:
    case ErrorCode::bad_answer:
        // A server that says when it wants to be asked again is taken at its word, up to a minute.
        return Seconds(std::clamp(error.retry_after, 5, 60));
    case ErrorCode::internal:
    case ErrorCode::usage:
    case ErrorCode::configuration:
    case ErrorCode::store:
    case ErrorCode::interrupted:
        break;
    }
    return Seconds(0); // found locally, at no cost to anybody
}

namespace {

// Each change of what a failure depended on is another name: those of the past are cleared away.
void remove_old(const std::string& directory) {
    std::error_code ignored;
    const auto oldest = std::filesystem::file_time_type::clock::now() - Seconds(longest_time);
    for (const auto& entry : entries_of(directory))
        if (entry.path().extension() == ".refusal" && !entry.is_symlink(ignored) &&
            entry.last_write_time(ignored) < oldest)
            std::filesystem::remove(entry.path(), ignored);
}

} // namespace

void remember_refusal(const std::string& directory, std::string_view key_digest, const Error& error,
                      Seconds time, Instant now) {
    if (!is_key_digest(key_digest) ||
        !open_private_directory(directory, DirectoryRule::not_writable_by_others))
        return;
    remove_old(directory);
    std::string text;
    append_line(text, first_name, format_version);
    append_line(text, "wall", now.wall);
    append_line(text, "boot", now.boot);
    append_line(text, "time", std::min<std::int64_t>(time.count(), longest_time));
    append_line(text, "code", static_cast<std::int64_t>(error.code));
    append_line(text, "message", error.message);
    append_line(text, "hint", error.hint);
    (void)write_file(file_path(directory, key_digest), text, 0600);
}

std::optional<Error> recall_refusal(const std::string& directory, std::string_view key_digest,
                                    Instant now) {
    if (!is_key_digest(key_digest) || directory.empty())
        return std::nullopt;
    const std::string path = file_path(directory, key_digest);
    const FileRules rules{
        .owned_by_me = true, .private_to_me = true, .follow_symlinks = false, .limit = file_limit};
    const auto file = open_checked(path, rules);
    if (!file || !*file)
        return std::nullopt;
    const auto text = read_all(**file, path, rules.limit);
    return text ? decode(*text, now) : std::nullopt;
}

void forget_refusal(const std::string& directory, std::string_view key_digest) {
    if (is_key_digest(key_digest) && !directory.empty())
        (void)::unlink(file_path(directory, key_digest).c_str());
}

} // namespace leasehold::cache
