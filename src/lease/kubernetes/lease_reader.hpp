// Looks for a profile's leases in its cluster: which kinds of objects, in which namespaces, and
// what it means if one may not be looked into.
#pragma once

#include "src/lease/kubernetes/api/server.hpp"
#include "src/lease/kubernetes/found_lease.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace leasehold::lease {

struct ReaderParts {
    KubernetesApi& api;
    const KubernetesProfile& profile;
    BookScope scope;
    bool records_refused;                    // as make_kubernetes_book() has it
    const std::vector<std::string>& also_in; // the same
};

// The leases that were found, and the namespaces that could not be looked into, with why: what
// their leases have there may be missing among the objects.
struct ReadLeases {
    std::vector<FoundLease> leases;
    std::map<std::string, Error> unread;

    // Those of them that this lease has something in.
    [[nodiscard]] std::vector<std::string> unread_of(const FoundLease& found) const;
};

class LeaseReader {
public:
    LeaseReader(const ReaderParts& parts, Deadline deadline) : parts_(parts), deadline_(deadline) {}

    // Every lease under the selector. The namespaces where leases of the profile may be must be
    // readable, as far as their kinds are needed; others, where a role is bound or to which a mark
    // points, may be unread.
    [[nodiscard]] Result<ReadLeases> read(const std::string& selector);

private:
    [[nodiscard]] bool is_needed(ObjectKind kind, const std::string& namespace_) const;
    [[nodiscard]] bool dynamic_() const;
    Result<void> read_needed(ObjectKind kind, const std::string& namespace_);
    Result<std::vector<std::string>> named_namespaces();
    Result<void> read_where_leases_are();
    Result<void> read_elsewhere();
    Result<void> read_beside(ObjectKind kind, const std::string& namespace_);
    void follow_marks();

    const ReaderParts& parts_;
    Deadline deadline_;
    std::string selector_;
    std::vector<ReadObject> objects_;
    std::map<std::string, Error> unread_;
    std::set<std::string> homes_;    // whose accounts are read
    std::set<std::string> bindings_; // whose bindings are, or are to be
    std::set<std::string> accounts_; // the same of accounts, beside the homes
};

} // namespace leasehold::lease
