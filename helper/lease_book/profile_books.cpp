#include "helper/lease_book/profile_books.hpp"

#include "helper/lease_book/listing.hpp"
#include "helper/providers/side/side.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/profile/file.hpp"
#include "src/lease/profile/profile.hpp"

#include <algorithm>

#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr Seconds one_of_many{8};

ProfileBook open_book(const Process& process, lease::Profile profile, lease::BookScope scope,
                      Seconds time, bool verbose) {
    auto assembly = std::make_unique<Assembly>(process, std::move(profile), verbose);
    auto book = assembly->side().book(scope);
    return {std::move(assembly), std::move(book), time};
}

// The cached lease of this id.
Result<std::optional<ListedLease>> cached_lease(const Process& process, const std::string& id) {
    LEASEHOLD_TRY_ASSIGN(const auto leases, list_leases(process, std::nullopt));
    for (const ListedLease& lease : leases)
        if (lease.id == id)
            return std::optional(lease);
    return std::optional<ListedLease>();
}

// Of those, the one whose server knows the lease; empty if none does.
Result<std::optional<ProfileBook>> search(std::vector<ProfileBook> books, const std::string& id) {
    std::optional<Error> trouble;
    for (ProfileBook& one : books) {
        if (!one.book)
            continue;
        const auto entry = one.book->show(id, Deadline::after(one.time));
        if (!entry)
            trouble = with_context("profile " + one.assembly->profile().name + " cannot be asked",
                                   entry.error());
        else if (*entry)
            return std::optional(std::move(one));
    }
    if (trouble)
        return *std::move(trouble);
    return std::optional<ProfileBook>();
}

// A profile that is gone leaves its leases to the others of its cluster.
Result<ProfileBook> book_for_orphan(const Process& process, const ListedLease& lease,
                                    bool verbose) {
    LEASEHOLD_TRY_ASSIGN(auto books,
                         open_books(process, {}, lease::BookScope::all_holders, verbose));
    std::erase_if(books, [&](const ProfileBook& one) {
        return one.assembly->profile().cluster.server.text() != lease.server;
    });
    auto found = search(std::move(books), lease.id);
    if (found && *found)
        return **std::move(found);
    const std::string where = lease.namespace_.empty() ? "" : " --namespace " + lease.namespace_;
    return make_error(ErrorCode::denied,
                      "lease " + quoted(lease.id) + " is of profile " + quoted(lease.profile) +
                          ", which is gone, and no other profile for " + lease.server +
                          " knows it" + (found ? "" : ": " + found.error().message),
                      "forget its token here with: leasehold cache clear " + lease.id +
                          (lease.revocable && !where.empty()
                               ? "\nend it for everybody with: kubectl delete secret,sa" + where +
                                     " --selector leasehold.dev/lease=" + lease.id
                               : ""));
}

} // namespace

bool is_there(const Process& process, const std::string& profile) {
    return ::access(lease::profile_path(process.directories.profiles(), profile).c_str(), F_OK) ==
           0;
}

Result<std::vector<ProfileBook>> open_books(const Process& process,
                                            const std::optional<std::string>& name,
                                            lease::BookScope scope, bool verbose) {
    std::vector<ProfileBook> books;
    if (name) {
        LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, *name));
        const Seconds time = profile.deadline;
        books.push_back(open_book(process, std::move(profile), scope, time, verbose));
        return books;
    }
    LEASEHOLD_TRY_ASSIGN(const auto names, lease::list_profiles(process.directories.profiles()));
    for (const std::string& one : names) {
        auto profile = load_profile(process, one);
        if (profile) {
            const Seconds time = std::min(profile->deadline, one_of_many);
            books.push_back(open_book(process, *std::move(profile), scope, time, verbose));
        } else {
            process.complain("leasehold: profile " + one +
                             " is left out: " + profile.error().message + '\n');
        }
    }
    return books;
}

Result<ProfileBook> find_book(const Process& process, const std::string& id,
                              const std::optional<std::string>& name, lease::BookScope scope,
                              bool verbose) {
    std::optional<std::string> chosen = name;
    if (!chosen) {
        LEASEHOLD_TRY_ASSIGN(const auto cached, cached_lease(process, id));
        if (cached && !is_there(process, cached->profile))
            return book_for_orphan(process, *cached, verbose);
        if (cached)
            chosen = cached->profile;
    }
    LEASEHOLD_TRY_ASSIGN(auto books, open_books(process, chosen, scope, verbose));
    if (books.size() == 1)
        return std::move(books.front());
    LEASEHOLD_TRY_ASSIGN(auto found, search(std::move(books), id));
    if (found)
        return *std::move(found);
    return make_error(ErrorCode::configuration, "no profile has a lease " + quoted(id),
                      "'leasehold lease list' tells the ids; --profile NAME tells where to look");
}

} // namespace leasehold::helper
