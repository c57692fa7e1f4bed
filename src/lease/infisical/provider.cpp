#include "src/lease/infisical/provider.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/infisical/site_client.hpp"
#include "src/lease/infisical/unused.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"
#include "src/lease/infisical/wire/outside.hpp"
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
        bool shortened = false;
        auto answer = ask(client, request, own, shortened, deadline);
        if (!answer)
            return without_answer(client, std::move(own), std::move(answer).error());
        const Seconds most = read_longest_ttl(answer->response);
        const Seconds known = owner_.memory.longest_ttl(own.place);
        if (most != known && (shortened || known > Seconds(0)))
            owner_.memory.remember_longest_ttl(own.place, most);
        auto lease = read_lease(*answer, request);
        if (!lease) {
            give_back(client, answer->response, own, deadline);
            return lease;
        }
        remember(*lease, own);
        if (shortened)
            lease->warnings.push_back(
                "the dynamic secret allows no TTL of " + format_duration(request.ttl) +
                ": this lease has its default, and later ones are asked for with its maximum" +
                (most == Seconds(0) ? "" : ", " + format_duration(most)));
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

    // With the definition's maximum, where that is known to be shorter than what is wanted. A TTL
    // that is too long is asked for once; then the definition's default is taken.
    Result<Answer> ask(SiteClient& client, const LeaseRequest& request, const KnownLease& own,
                       bool& shortened, Deadline deadline) {
        const Seconds most = owner_.memory.longest_ttl(own.place);
        const Seconds ttl = most > Seconds(0) && request.ttl > most ? most : request.ttl;
        const std::string action = "lease the dynamic secret " + quoted(settings_.dynamic_secret);
        for (const std::string& wanted : {wire_ttl(ttl), std::string()}) {
            LEASEHOLD_TRY_ASSIGN(
                Answer answer,
                client.ask_any(create_lease_request(settings_, wanted, request.namespace_,
                                                    {own.mark, owner_.profile, owner_.holder}),
                               Repeat::changes, deadline));
            if (answer.response.status == 200)
                return answer;
            const Refusal refusal = read_refusal(answer.response);
            shortened = !wanted.empty() && ttl_refused(refusal);
            if (!shortened)
                return refusal_error(refusal, action);
            outside_.log("the definition's maximum is shorter: asking for its default");
        }
        return make_error(ErrorCode::internal, "nothing was asked");
    }

    Result<Lease> read_lease(const Answer& answer, const LeaseRequest& request) const {
        const bool servers = request.ttl == Seconds(0);
        LEASEHOLD_TRY_ASSIGN(Lease lease, read_created_lease(answer.response,
                                                             {request.namespace_, issuer_,
                                                              servers ? longest_ttl : request.ttl,
                                                              settings_.service_account},
                                                             answer.sent));
        if (servers && request.longest > Seconds(0) && lease.life > request.longest)
            return make_error(ErrorCode::denied,
                              "the dynamic secret's default TTL, " + format_duration(lease.life) +
                                  ", is longer than the profile's max-ttl, " +
                                  format_duration(request.longest),
                              "set ttl in the profile to less, or raise its max-ttl");
        lease.revocable = settings_.credential_type == "dynamic";
        lease.revocable_known = !settings_.credential_type.empty();
        if (lease.revocable_known)
            lease.own_account = lease.revocable;
        return lease;
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
        std::vector<std::string> ended;
        const auto result = unused.end(false, deadline.within(deadline.left() / 4), ended);
        if (!result)
            outside_.log("an unused lease is not ended: " + result.error().message);
        if (!ended.empty())
            outside_.log("ended " + std::to_string(ended.size()) + " unused leases");
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
    return SiteClient(settings, outside).end_session(Repeat::never, deadline);
}

std::unique_ptr<LeaseProvider> make_infisical_provider(const InfisicalSettings& settings,
                                                       std::string issuer, Outside outside,
                                                       Owner owner) {
    return std::make_unique<InfisicalProvider>(settings, std::move(issuer), std::move(outside),
                                               std::move(owner));
}

} // namespace leasehold::lease
