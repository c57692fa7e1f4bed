// Makes a lease in the cluster, one object after the other, and takes back what it made if it
// cannot be finished (LEASE-2, LEASE-3).
#pragma once

#include "src/lease/kubernetes/api/server.hpp"
#include "src/lease/kubernetes/api/token_request.hpp"
#include "src/lease/kubernetes/record.hpp"
#include "src/lease/terms/intents.hpp"

#include <functional>
#include <string>
#include <vector>

namespace leasehold::lease {

struct MakingParts {
    KubernetesApi& api;
    const KubernetesProfile& profile;
    const LeaseHolder& holder;
    const Clock& clock;
    const LeaseIntents& intents;
    const std::function<bool()>& interrupted; // asked after each request
};

// One lease. The order of creation is such that the first object owns all others, as far as those
// may be owned: what lies in other namespaces cannot be, and is found by the lease's label. So a
// crash leaves something that one delete, or one prune, cleans up.
class LeaseMaking {
public:
    // Taking back has the last part of the deadline for itself.
    LeaseMaking(const MakingParts& parts, const LeaseRequest& request, Deadline deadline);

    // A token of the profile's service account that nothing but time ends.
    [[nodiscard]] Result<Lease> static_without_record();
    // One that is bound to a lease Secret: deleting that revokes it. `optional`: if the Secret
    // cannot be made, time and patience of the server are left for a lease without one.
    [[nodiscard]] Result<Lease> static_with_record(bool optional);
    // One of a service account that is made for it, with the profile's role.
    [[nodiscard]] Result<Lease> dynamic_();

    // Whether static_with_record() failed at making the Secret, though the server can be reached
    // and takes the requester's credential; and whether that will be so for a while, since the
    // requester may not, or cannot, create Secrets there.
    [[nodiscard]] bool record_failed() const { return record_failed_; }
    [[nodiscard]] bool secrets_refused() const { return secrets_refused_; }

private:
    // What was made, or perhaps was: then its uid is not known.
    struct Made {
        ObjectRef object;
        bool certain = true;
    };
    enum class Trouble { none, taken, refused, unreached, other };

    Result<Lease> with_fresh_names(const std::function<Result<Lease>()>& make);
    Result<Lease> recorded_once();
    Result<Lease> dynamic_once();
    Result<Lease> token_of(const TokenWish& wish, bool lives_on);
    // How often a busy server that does not say when is asked for the next thing.
    Attempts attempts() const;
    Result<ObjectRef> create(const ObjectRef& object, boost::json::object body);
    Result<std::optional<ObjectRef>> make_cluster_binding();
    Result<void> make_grants(const ObjectRef& account);
    Result<void> make_grant(const NamespaceGrant& grant, const std::string& name,
                            const ObjectRef& account);
    Result<void> check_roles();
    Result<void> check_role(const NamespaceGrant& grant, bool in_list);
    bool is_there(const ObjectRef& role, bool otherwise);
    void annotate(const ObjectRef& record, const Lease& lease);
    TokenWish wish(const std::string& account) const;
    Result<void> go_on() const;
    // The error, with what is left behind added to it.
    Error take_back(Error error);
    Result<void> take_back_one(const Made& made);

    const MakingParts& parts_;
    const LeaseRequest& request_;
    Deadline work_;
    Deadline all_;
    LeaseMark mark_;
    std::vector<Made> made_;
    Trouble trouble_ = Trouble::none;
    bool optional_ = false; // the record, which is being made
    bool record_failed_ = false;
    bool secrets_refused_ = false;
};

} // namespace leasehold::lease
