#include "src/lease/infisical/provider.hpp"

#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/infisical/site_client.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"
#include "src/lease/infisical/wire/requests.hpp"

namespace leasehold::lease {
namespace {

using namespace infisical;

class InfisicalProvider final : public LeaseProvider {
public:
    InfisicalProvider(const InfisicalSettings& settings, std::string issuer, Outside outside)
        : settings_(settings), issuer_(std::move(issuer)), outside_(std::move(outside)) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline deadline) override {
        SiteClient client(settings_, outside_);
        LEASEHOLD_TRY_ASSIGN(
            const Answer answer,
            client.ask(create_lease_request(settings_, wire_ttl(request.ttl), request.namespace_),
                       "lease the dynamic secret " + quoted(settings_.dynamic_secret),
                       Repeat::changes, deadline));
        auto lease = read_created_lease(
            answer.response, {request.namespace_, issuer_, request.ttl, settings_.service_account},
            answer.sent);
        if (!lease)
            give_back(client, answer.response, deadline);
        return lease;
    }

private:
    // What is not used need not stay behind in the cluster.
    void give_back(SiteClient& client, const http::Response& response, Deadline deadline) const {
        const auto record = read_lease_answer(response, "the lease");
        if (!record)
            return;
        outside_.log("giving the unusable lease back");
        (void)client.ask(revoke_lease_request(settings_, record->id, false), "give a lease back",
                         Repeat::changes, deadline);
    }

    const InfisicalSettings& settings_;
    std::string issuer_;
    Outside outside_;
};

} // namespace

Result<void> infisical::end_kept_session(const InfisicalSettings& settings, const Outside& outside,
                                         Deadline deadline) {
    return SiteClient(settings, outside).end_session(deadline);
}

std::unique_ptr<LeaseProvider> make_infisical_provider(const InfisicalSettings& settings,
                                                       std::string issuer, Outside outside) {
    return std::make_unique<InfisicalProvider>(settings, std::move(issuer), std::move(outside));
}

} // namespace leasehold::lease
