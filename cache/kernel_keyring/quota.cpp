#include "cache/kernel_keyring/quota.hpp"

#include "src/base/fd.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fcntl.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr std::string_view our_prefix = "leasehold:1:";
constexpr std::string_view sealing_prefix = "leasehold:1:s:"; // many entries hang on each

// Without iostream: this is linked into the static front.
std::string read_proc(const char* path) {
    std::string text;
    const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
    std::array<char, 4096> buffer;
    ssize_t count = 0;
    while (file && (count = ::read(file.get(), buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    return text;
}

template <class Number>
std::optional<Number> number(std::string_view text, int base) {
    Number value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

std::string_view next_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

// "expd", "perm" (empty: no end), or a count with one of the units s, m, h, d, w.
std::optional<long> seconds_left(std::string_view timeout) {
    if (timeout == "expd")
        return 0;
    constexpr std::array<std::pair<char, long>, 5> units{
        {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}}};
    for (const auto& [unit, seconds] : units)
        if (!timeout.empty() && timeout.back() == unit)
            if (const auto count = number<long>(timeout.substr(0, timeout.size() - 1), 10))
                return *count * seconds;
    return std::nullopt;
}

// "09e10864 I--Q---  1 57m 3f0b0000 1000 1000 user  leasehold:1:…: 512"
std::optional<KeyringOccupant> read_line(std::string_view line, uid_t uid) {
    const auto id = number<std::uint32_t>(next_word(line), 16);
    next_word(line); // flags
    next_word(line); // references
    const auto left = seconds_left(next_word(line));
    next_word(line); // permissions
    const auto owner = number<uid_t>(next_word(line), 10);
    next_word(line); // group
    const std::string_view type = next_word(line);
    std::string_view description = next_word(line);
    if (!id || !left || owner != uid || type != "user" || !description.starts_with(our_prefix) ||
        description.starts_with(sealing_prefix))
        return std::nullopt;
    if (description.back() == ':')
        description.remove_suffix(1);
    return KeyringOccupant{static_cast<key_serial_t>(*id), std::string(description), *left};
}

} // namespace

std::vector<KeyringOccupant> evictable_keys(std::string_view proc_keys, uid_t uid) {
    std::vector<KeyringOccupant> keys;
    while (!proc_keys.empty()) {
        const std::string_view line = proc_keys.substr(0, proc_keys.find('\n'));
        proc_keys.remove_prefix(std::min(line.size() + 1, proc_keys.size()));
        if (auto key = read_line(line, uid))
            keys.push_back(*std::move(key));
    }
    std::stable_sort(keys.begin(), keys.end(),
                     [](const auto& a, const auto& b) { return a.left < b.left; });
    return keys;
}

std::vector<KeyringOccupant> evictable_keys() {
    return evictable_keys(read_proc("/proc/keys"), ::geteuid());
}

// "1000:  21 20/20 5/200 574/20000": references, then used/most of each.
KeyQuota key_quota(std::string_view proc_key_users, uid_t uid) {
    const auto pair = [](std::string_view word, long& used, long& most) {
        const std::size_t slash = std::min(word.find('/'), word.size());
        used = number<long>(word.substr(0, slash), 10).value_or(0);
        most = number<long>(word.substr(std::min(slash + 1, word.size())), 10).value_or(0);
    };
    KeyQuota quota;
    while (!proc_key_users.empty()) {
        std::string_view line = proc_key_users.substr(0, proc_key_users.find('\n'));
        proc_key_users.remove_prefix(std::min(line.size() + 1, proc_key_users.size()));
        if (next_word(line) != std::to_string(uid) + ':')
            continue;
        next_word(line); // references
        next_word(line); // all keys, and those that are whole
        pair(next_word(line), quota.keys, quota.most_keys);
        pair(next_word(line), quota.bytes, quota.most_bytes);
    }
    return quota;
}

KeyQuota key_quota() {
    return key_quota(read_proc("/proc/key-users"), ::geteuid());
}

bool has_room(const KeyQuota& quota, std::size_t bytes, int share) {
    const auto fits = [share](long used, long most) {
        return most == 0 || used <= most / 100 * share + most % 100 * share / 100;
    };
    return fits(quota.keys + 1, quota.most_keys) &&
           fits(quota.bytes + static_cast<long>(bytes), quota.most_bytes);
}

long quota_bytes() {
    std::string text = read_proc(::geteuid() == 0 ? "/proc/sys/kernel/keys/root_maxbytes"
                                                  : "/proc/sys/kernel/keys/maxbytes");
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return number<long>(text, 10).value_or(0);
}

} // namespace leasehold::cache
