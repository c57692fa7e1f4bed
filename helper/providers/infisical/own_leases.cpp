#include "helper/providers/infisical/own_leases.hpp"

#include "cache/token_cache.hpp"
#include "helper/leasing/note.hpp"
#include "helper/process/edges.hpp"
#include "helper/process/note_name.hpp"
#include "src/base/fd.hpp"
#include "src/base/files.hpp"
#include "src/base/json.hpp"
#include "src/lease/profile/profile.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

namespace json = boost::json;
using lease::infisical::KnownLease;

constexpr Seconds kept_beyond{7 * 24 * 3600};
constexpr std::size_t largest_book = 64 << 20; // 10,000 leases take 4 MiB
constexpr off_t worth_tidying = 64 << 10;

std::string line_of(const KnownLease& lease) {
    return json::serialize(json::object{{"mark", lease.mark},
                                        {"id", lease.id},
                                        {"place", lease.place},
                                        {"jti", lease.jti},
                                        {"subject", lease.subject},
                                        {"asked", lease.asked},
                                        {"tokenEnds", lease.token_ends},
                                        {"recordEnds", lease.record_ends},
                                        {"unused", lease.unused}}) +
           '\n';
}

std::string gone_line(const KnownLease& lease) {
    return json::serialize(json::object{{"gone", true}, {"mark", lease.mark}, {"id", lease.id}}) +
           '\n';
}

std::string longest_line(const std::string& place, Seconds ttl) {
    return json::serialize(json::object{{"place", place}, {"longestTtl", ttl.count()}}) + '\n';
}

KnownLease read_line(const json::value& line) {
    const auto text = [&](std::string_view name) {
        return std::string(json_string(line, {name}).value_or(""));
    };
    const auto number = [&](std::string_view name) {
        return json_integer(line, {name}).value_or(0);
    };
    const json::value* unused = json_find(line, {"unused"});
    return {text("mark"),
            text("id"),
            text("place"),
            text("jti"),
            text("subject"),
            number("asked"),
            number("tokenEnds"),
            number("recordEnds"),
            unused != nullptr && unused->is_bool() && unused->get_bool()};
}

// What a line is about: the mark, where there is one, since the id comes later.
std::string name_of(const KnownLease& lease) {
    return lease.mark.empty() ? lease.id : lease.mark;
}

// Our own file, opened to be appended to, with its lock held if it can be had soon: nobody is
// waited for, and without the lock a line is appended all the same.
Fd open_locked(const std::string& path) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        Fd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
        struct stat ours {};
        if (!file || ::fstat(file.get(), &ours) != 0 || !S_ISREG(ours.st_mode) ||
            ours.st_uid != ::geteuid())
            return Fd();
        const bool locked = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
        if (!locked && errno != EWOULDBLOCK)
            return file; // no locks here
        struct stat named {};
        // Who had the lock may have put a tidied file in its place.
        if (locked && ::stat(path.c_str(), &named) == 0 && named.st_ino == ours.st_ino)
            return file;
        if (!locked)
            std::this_thread::sleep_for(Milliseconds(5));
    }
    return Fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
}

} // namespace

struct OwnLeases::Book {
    std::vector<KnownLease> leases = {};
    std::map<std::string, Seconds> longest = {}; // TTL, by place
};

OwnLeases::OwnLeases(const Process& process, const lease::Profile& profile,
                     cache::TokenCache& cache, std::string place)
    : process_(process), profile_(profile), cache_(cache), place_(std::move(place)) {
    if (!process.directories.state.empty())
        path_ = process.directories.state + "/leases/" + note_name(profile.path) + ".jsonl";
}

std::vector<KnownLease> OwnLeases::all() {
    std::vector<KnownLease> leases = read().leases;
    const UnixTime now = process_.clock.now().wall;
    std::erase_if(leases, [&](const KnownLease& lease) {
        const UnixTime end = std::max({lease.asked, lease.token_ends, lease.record_ends});
        return end + kept_beyond.count() < now;
    });
    add_cached(leases);
    return leases;
}

void OwnLeases::remember(const KnownLease& lease) {
    append(line_of(lease));
}

void OwnLeases::forget(const KnownLease& lease) {
    append(gone_line(lease));
}

// Under the lock: rewritten without what is over, if that is at least half of it.
void OwnLeases::append(const std::string& line) {
    if (path_.empty() || !make_private_directory(directory_of(path_)))
        return;
    const Fd file = open_locked(path_);
    struct stat status {};
    if (!file || write_all(file.get(), line) != 0 || ::fstat(file.get(), &status) != 0 ||
        status.st_size < worth_tidying)
        return;
    std::string text;
    const Book book = read();
    for (const auto& [place, ttl] : book.longest)
        text += longest_line(place, ttl);
    for (const KnownLease& lease : book.leases)
        if (std::max({lease.asked, lease.token_ends, lease.record_ends}) + kept_beyond.count() >=
            process_.clock.now().wall)
            text += line_of(lease);
    if (text.size() * 2 <= static_cast<std::size_t>(status.st_size))
        (void)write_file(path_, text, 0600);
}

Seconds OwnLeases::longest_ttl(const std::string& place) {
    const Book book = read();
    const auto found = book.longest.find(place);
    return found == book.longest.end() ? Seconds(0) : found->second;
}

void OwnLeases::remember_longest_ttl(const std::string& place, Seconds ttl) {
    append(longest_line(place, ttl));
}

OwnLeases::Book OwnLeases::read() const {
    Book book;
    std::vector<KnownLease>& leases = book.leases;
    const auto text =
        path_.empty() ? Result<std::string>(std::string())
                      : read_file(path_, {.owned_by_me = true, .limit = largest_book}, "leases");
    if (!text)
        return book;
    std::map<std::string, std::size_t> places;
    std::vector<bool> gone;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto value = parse_json(line);
        if (!value || !value->is_object())
            continue;
        if (const auto longest = json_integer(*value, {"longestTtl"})) {
            book.longest[std::string(json_string(*value, {"place"}).value_or(""))] =
                Seconds(*longest);
            continue;
        }
        KnownLease lease = read_line(*value);
        const auto [place, is_new] = places.try_emplace(name_of(lease), leases.size());
        if (is_new) {
            leases.emplace_back();
            gone.push_back(false);
        }
        gone[place->second] = json_find(*value, {"gone"}) != nullptr;
        leases[place->second] = std::move(lease);
    }
    std::size_t at = 0;
    std::erase_if(leases, [&](const KnownLease&) { return gone[at++]; });
    return book;
}

void OwnLeases::add_cached(std::vector<KnownLease>& leases) {
    std::set<std::string> known;
    for (const KnownLease& lease : leases)
        known.insert(lease.id);
    for (const cache::Hit& hit : cache_.list()) {
        const auto note = read_lease_note(hit.record.note);
        if (!note || note->path != profile_.path || !known.insert(note->id).second)
            continue;
        KnownLease lease{.mark = "", .id = note->id, .place = place_};
        lease.jti = note->jti;
        lease.subject = note->subject;
        lease.asked = hit.record.lifetime.issued_wall;
        lease.token_ends = note->expires;
        leases.push_back(std::move(lease));
    }
}

} // namespace leasehold::helper
