// Leases for people: as table, JSON and YAML.
#pragma once

#include "helper/lease_book/listing.hpp"
#include "helper/process/edges.hpp"
#include "helper/terminal/text.hpp"
#include "src/lease/terms/book.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// A lease that was just made. The token is shown in JSON and YAML only.
void print_lease(Process& process, const lease::Profile& profile, const lease::Lease& lease,
                 OutputFormat format);

// A row of `lease list`: what the cluster and the stores know of one lease.
struct LeaseRow {
    lease::LeaseEntry entry;
    std::string server;
    std::string cached; // fresh, due, spent; "" if no store has it
    std::vector<std::string> stores;
};

// A profile whose book was read, and at which server.
struct AskedBook {
    std::string profile;
    std::string server;
};

// Joins both views by id, each lease once, sorted by profile, subject and issue. A revocable lease
// of a book that was asked, at the server that was asked, and which is not in it has been ended by
// somebody.
[[nodiscard]] std::vector<LeaseRow> join_views(const std::vector<lease::LeaseEntry>& entries,
                                               const std::vector<ListedLease>& local,
                                               const std::vector<AskedBook>& asked);

void print_rows(Process& process, const std::vector<LeaseRow>& rows, OutputFormat format,
                const TableStyle& style);

// "ci/deployer" for "system:serviceaccount:ci:deployer"; others as they are.
[[nodiscard]] std::string short_subject(const std::string& subject);
// "54m", "0s" once it is over, "-" if the end is not known.
[[nodiscard]] std::string time_left(UnixTime ends, UnixTime now);
void print_entry(Process& process, const LeaseRow& row, OutputFormat format);

// A value of a structure in the format asked for, which is not table.
void print_data(Process& process, const boost::json::value& value, OutputFormat format);

[[nodiscard]] std::string not_revocable_text(const std::string& profile, std::string_view why,
                                             UnixTime ends);

} // namespace leasehold::helper
