#include "src/lease/infisical/provider.hpp"

#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/infisical/site_client.hpp"
#include "src/lease/infisical/unused.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"
#include "src/lease/infisical/wire/requests.hpp"

namespace leasehold::lease {
namespace {

using namespace infisical;

class InfisicalProvider final : public LeaseProvider {
public:
    InfisicalProvider(const InfisicalSettings& settings, std::string issuer, Outside outside,
                      Owner owner)
        : settings_(settings), issuer_(std::move(issuer)), outside_(std::move(outside)),
          owner_(std::move(owner)) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline deadline) override {
        SiteClient client(settings_, outside_);
        end_unused(client, deadline);
        KnownLease own = intend(request);
        auto answer =
            client.ask(create_lease_request(settings_, wire_ttl(request.ttl), request.namespace_,
                                            {own.mark, owner_.profile, owner_.holder}),
                       "lease the dynamic secret " + quoted(settings_.dynamic_secret),
                       Repeat::changes, deadline);
        if (!answer)
            return without_answer(client, std::move(own), std::move(answer).error());
        auto lease = read_created_lease(
            answer->response, {request.namespace_, issuer_, request.ttl, settings_.service_account},
            answer->sent);
        if (!lease)
            give_back(client, answer->response, own, deadline);
        else
            remember(*lease, own);
        return lease;
    }

private:
    // Before anything is asked: of a call that is killed the mark stays known.
    KnownLease intend(const LeaseRequest& request) {
        const UnixTime now = outside_.clock.now().wall;
        KnownLease own{.mark = make_mark(), .id = "", .place = place_of(settings_), .asked = now};
        own.record_ends = now + request.ttl.count();
        if (!own.mark.empty())
            owner_.memory.remember(own);
        return own;
    }

    void remember(const Lease& lease, KnownLease& own) {
        own.id = lease.id;
        own.jti = lease.credential_id;
        own.subject = lease.subject;
        own.token_ends = lease.expires;
        owner_.memory.remember(own);
    }

    Error without_answer(const SiteClient& client, KnownLease own, Error error) {
        if (!client.may_be_done()) {
            owner_.memory.forget(own);
            return error;
        }
        own.unused = true;
        const bool bears = !own.mark.empty() && !settings_.kubernetes_route;
        if (bears)
            owner_.memory.remember(own);
        else
            owner_.memory.forget(own);
        error.message += "; the site may have made the lease all the same";
        error.hint += (error.hint.empty() ? "" : "\n") +
                      std::string(bears ? "the next call looks for it and ends it, as 'leasehold "
                                          "lease prune' does; 'leasehold lease list' shows it"
                                        : "'leasehold lease list --all-holders' shows whether it "
                                          "did: by this route its record bears no mark of ours");
        return error;
    }

    // A quarter of the time at most, since somebody waits for a token: the rest is for the next
    // call.
    void end_unused(SiteClient& client, Deadline deadline) {
        UnusedLeases unused{settings_, client, owner_.memory, outside_.clock.now().wall};
        const auto ended = unused.end(false, deadline.within(deadline.left() / 4));
        if (!ended)
            outside_.log("an unused lease is not ended: " + ended.error().message);
        else if (!ended->empty())
            outside_.log("ended " + std::to_string(ended->size()) + " unused leases");
    }

    // What is not used need not stay behind in the cluster.
    void give_back(SiteClient& client, const http::Response& response, KnownLease& own,
                   Deadline deadline) {
        const auto record = read_lease_answer(response, "the lease");
        if (record) {
            outside_.log("giving the unusable lease back");
            own.id = record->id;
            const auto given = client.ask(revoke_lease_request(settings_, record->id, false),
                                          "give a lease back", Repeat::changes, deadline);
            if (given)
                return owner_.memory.forget(own);
        }
        own.unused = true;
        owner_.memory.remember(own);
    }

    const InfisicalSettings& settings_;
    std::string issuer_;
    Outside outside_;
    Owner owner_;
};

} // namespace

Result<void> infisical::end_kept_session(const InfisicalSettings& settings, const Outside& outside,
                                         Deadline deadline) {
    return SiteClient(settings, outside).end_session(deadline);
}

std::unique_ptr<LeaseProvider> make_infisical_provider(const InfisicalSettings& settings,
                                                       std::string issuer, Outside outside,
                                                       Owner owner) {
    return std::make_unique<InfisicalProvider>(settings, std::move(issuer), std::move(outside),
                                               std::move(owner));
}

} // namespace leasehold::lease
