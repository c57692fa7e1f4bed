#include "helper/lease_book/profile_books.hpp"

#include "helper/lease_book/listing.hpp"
#include "helper/providers/side.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/profile/profile.hpp"

namespace leasehold::helper {
namespace {

constexpr Seconds one_of_many{8};

ProfileBook open_book(const Process& process, lease::Profile profile, lease::BookScope scope,
                      Seconds time, bool verbose) {
    auto assembly = std::make_unique<Assembly>(process, std::move(profile), verbose);
    auto book = assembly->side().book(scope);
    return {std::move(assembly), std::move(book), Deadline::after(time)};
}

// The profile whose token in a store has this id.
Result<std::optional<std::string>> cached_under(const Process& process, const std::string& id) {
    LEASEHOLD_TRY_ASSIGN(const auto leases, list_leases(process, std::nullopt));
    for (const ListedLease& lease : leases)
        if (lease.id == id)
            return std::optional<std::string>(lease.profile);
    return std::optional<std::string>();
}

} // namespace

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
        if (profile)
            books.push_back(open_book(process, *std::move(profile), scope, one_of_many, verbose));
        else
            process.complain("leasehold: profile " + one +
                             " is left out: " + profile.error().message + '\n');
    }
    return books;
}

Result<ProfileBook> find_book(const Process& process, const std::string& id,
                              const std::optional<std::string>& name, lease::BookScope scope,
                              bool verbose) {
    std::optional<std::string> chosen = name;
    if (!chosen) {
        LEASEHOLD_TRY_ASSIGN(chosen, cached_under(process, id));
    }
    LEASEHOLD_TRY_ASSIGN(auto books, open_books(process, chosen, scope, verbose));
    if (books.size() == 1)
        return std::move(books.front());
    std::optional<Error> trouble;
    for (ProfileBook& one : books) {
        if (!one.book)
            continue;
        one.deadline = Deadline::after(one_of_many);
        const auto entry = one.book->show(id, one.deadline);
        if (!entry)
            trouble = with_context("profile " + one.assembly->profile().name + " cannot be asked",
                                   entry.error());
        else if (*entry)
            return std::move(one);
    }
    if (trouble)
        return *std::move(trouble);
    return make_error(ErrorCode::denied, "no profile has a lease " + quoted(id),
                      "'leasehold lease list' tells the ids; --profile NAME tells where to look");
}

} // namespace leasehold::helper
