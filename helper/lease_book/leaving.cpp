#include "helper/lease_book/leaving.hpp"

#include "helper/lease_book/ending.hpp"
#include "helper/lease_book/kept_secret.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/lease_book/sessions.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/text.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

// Ends what can be ended; what cannot is told. The exit code of the worst.
int revoke_all(Process& process, const std::string& name, bool verbose, Deadline deadline) {
    auto books = open_books(process, name, lease::BookScope::own, verbose);
    if (!books) {
        process.complain(error_text(books.error()));
        return static_cast<int>(books.error().code);
    }
    const auto known = list_leases(process, name);
    const auto endings = end_leases(process, books->front(), Which::all, false, deadline);
    // None is lost of which nothing is known here.
    if (!endings && known && known->empty()) {
        process.complain("leasehold: no lease of profile " + name +
                         " is known here, and its server cannot be asked for others: " +
                         endings.error().message + '\n');
        return 0;
    }
    if (!endings) {
        process.complain("leasehold: the leases could not be revoked\n" +
                         error_text(endings.error()));
        return static_cast<int>(endings.error().code);
    }
    int code = 0;
    for (const Ending& ending : *endings) {
        process.print("lease " + ending.id + ": " + ending.result +
                      (ending.detail.empty() ? "" : ", " + ending.detail) + '\n');
        // That time alone ends a lease is how the profile wants it.
        if (ending.result == "not revoked")
            code = std::max(code, ending.exit_code);
    }
    process.complain(hints_of(*endings));
    return code;
}

} // namespace

Result<int> log_out(Process& process, lease::Profile profile, Leases leases, bool verbose) {
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    const std::string name = profile.name;
    // Revoking takes out of the stores what it ends.
    const auto cached = list_leases(process, name);
    const int revoked = leases == Leases::keep ? 0 : revoke_all(process, name, verbose, deadline);
    const std::string trouble = forget_kept_secret(process, profile);
    Assembly assembly(process, std::move(profile), verbose);
    // A session that another profile has as well goes with the last of them.
    const auto sharing = sharing_profile(process, assembly.side(), name);
    if (!sharing)
        process.complain("leasehold: the session stays, since it is not known whose else it is: " +
                         sharing.error().message + '\n');
    else if (sharing->empty())
        assembly.side().end_session(deadline, leases == Leases::keep);
    else
        process.complain("leasehold: the session stays, since profile " + *sharing +
                         " logs in as the same identity\n");
    LEASEHOLD_TRY_ASSIGN(const std::size_t count, clear_leases(process, name));
    process.print(forgotten_text(std::max(count, cached ? cached->size() : 0)));
    if (!trouble.empty())
        process.complain("leasehold: a store could not be asked: " + trouble + '\n');
    return revoked;
}

} // namespace leasehold::helper
