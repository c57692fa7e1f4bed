// Infisical's lease records and the answer that carries a token, read strictly, without a socket.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/terms/book.hpp"
#include "src/lease/terms/lease.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace leasehold::lease::infisical {

// One lease as the server knows it. Never a token. Text is made safe to show.
struct LeaseRecord {
    std::string id;
    std::string account; // externalEntityId: the service account's name
    UnixTime created = 0;
    UnixTime expires = 0; // of the record; the token may end before it
    std::string status;   // "" or "Failed to delete"
    std::string status_details;
    std::string namespace_; // config.namespace, if one was chosen
    // What leasehold had it bear (LeaseBearing); "" for leases of others' making.
    std::string mark;
    std::string profile;
    std::string holder;
    int version = 0;

    [[nodiscard]] bool failed_to_delete() const { return status == "Failed to delete"; }
};

// `what` names the answer in errors, which have ErrorCode::bad_answer.
[[nodiscard]] Result<LeaseRecord> read_lease_record(const boost::json::value& lease,
                                                    std::string_view what);
// {"lease": {...}}: of get, renew and revoke.
[[nodiscard]] Result<LeaseRecord> read_lease_answer(const http::Response& response,
                                                    std::string_view what);
// The Error of an answer that cannot be used.
[[nodiscard]] Error unusable_answer(std::string_view what, std::string why);

// What the token must be.
struct TokenWish {
    std::string namespace_; // empty: any
    std::string issuer;     // empty: any
    Seconds ttl{0};
    std::string service_account = {}; // empty: whose the lease says
};

// Whether an account looks like one that the server makes for a lease: by the name it gives to
// those unless a template says otherwise, and that anybody may give. For remarks, not decisions.
[[nodiscard]] bool is_temporary_account(std::string_view account);

// {"lease", "dynamicSecret", "data": {"TOKEN"}}. The lease's life is the shorter of the token's
// and the record's, each by its own server's clock, counted from `sent`, the local time before the
// request went out.
[[nodiscard]] Result<Lease> read_created_lease(const http::Response& response,
                                               const TokenWish& wish, UnixTime sent);

// The longest TTL that the definition allows, as the answer to a new lease tells it; 0 for none.
[[nodiscard]] Seconds read_longest_ttl(const http::Response& response);

// The record for people. `now` is the local time.
[[nodiscard]] LeaseEntry to_entry(const LeaseRecord& record, UnixTime now);

} // namespace leasehold::lease::infisical
