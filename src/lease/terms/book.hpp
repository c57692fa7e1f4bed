// The leases that a provider has granted and still knows of: listing, renewing and ending them.
// Apart from LeaseProvider, since not every provider keeps a book.
#pragma once

#include "src/lease/terms/lease.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace leasehold::lease {

// One line of the book. Never a token. Text from a server is made safe to show.
struct LeaseEntry {
    std::string id;         // what `lease show|renew|revoke` take
    std::string profile;    // the name of the profile that leased it, where the record tells it
    std::string subject;    // system:serviceaccount:NAMESPACE:NAME
    std::string holder;     // who leased it: USER@HOST, where the record tells it
    std::string namespace_; // where its objects are
    UnixTime issued = 0;    // 0: not known
    UnixTime expires = 0;   // 0: not known
    bool revocable = false; // ending it makes the token worthless before its expiry
    bool revocable_known = true;                // false: nobody has told yet whether it does
    bool ours = false;                          // leased by this very profile and holder
    std::string state;                          // active | expired | incomplete | failed-to-revoke
    std::string state_detail;                   // the server's words on the state, marked as such
    std::string credential_id;                  // the JWT's jti, where the record tells it
    std::string reason;                         // why it was made, where the record tells it
    std::map<std::string, std::string> details; // what else `lease show` tells, by name
};

// What came of ending a lease.
struct Revocation {
    std::string id;
    bool was_gone = false;      // it had ended before: as good as revoked
    bool token_lives = false;   // the record is gone, but the token works until its expiry
    bool token_unknown = false; // the record is gone; only the cluster can tell what that means
    UnixTime token_ends = 0;    // of both: until when it would work, if known
    std::string credential_id;
    std::string subject;
    std::vector<std::string> left; // what may still be there, though the token has ended, and why
};

// What came of renewing one.
struct Renewal {
    LeaseEntry entry;
    std::optional<Lease> lease; // the new token, if the provider gives one with it
    std::string remark;         // what a renewal means here, for people
};

// Whose leases a book shows and touches.
enum class BookScope {
    own,         // of this profile and holder
    all_holders, // of other people and profiles too, as far as the requester's rights go
};

// How sure a prune must be that a lease has ended.
enum class PruneClock {
    either, // by the local or the server's clock: a person asked for it
    both,   // nobody asked: a wrong clock must not end anybody's lease
};

// What came of a prune, object by object, for people.
struct Pruned {
    std::vector<std::string> removed;  // or, in a dry run, what would be
    std::vector<std::string> kept;     // marked as ours and expired, but not touched, and why
    std::optional<Error> stopped = {}; // why what is behind these is left to another call
};

// The book of one profile. Every call is one attempt within the deadline.
class LeaseBook {
public:
    virtual ~LeaseBook() = default;
    [[nodiscard]] virtual Result<std::vector<LeaseEntry>> list(Deadline deadline) = 0;
    // Empty if the book has no lease of this id.
    [[nodiscard]] virtual Result<std::optional<LeaseEntry>> show(const std::string& id,
                                                                 Deadline deadline) = 0;
    [[nodiscard]] virtual Result<Renewal> renew(const std::string& id, Seconds ttl,
                                                Deadline deadline) = 0;
    // Ending what has ended is no error. `forced`: drop the record though the objects behind it
    // could not be removed, where the provider has such a thing.
    [[nodiscard]] virtual Result<Revocation> revoke(const std::string& id, bool forced,
                                                    Deadline deadline) = 0;
    // Removes what is left of leases that have expired. Providers whose server does that by itself
    // find nothing.
    [[nodiscard]] virtual Result<Pruned> prune(PruneClock clock, bool dry_run, Deadline deadline) {
        (void)clock;
        (void)dry_run;
        (void)deadline;
        return Pruned{};
    }
};

} // namespace leasehold::lease
