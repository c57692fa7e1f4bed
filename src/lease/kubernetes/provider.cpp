#include "src/lease/kubernetes/provider.hpp"

#include "src/base/hostile_text.hpp"
#include "src/lease/kubernetes/fit_namespaces.hpp"
#include "src/lease/kubernetes/making.hpp"

#include <utility>

namespace leasehold::lease {
namespace {

class KubernetesProvider final : public LeaseProvider {
public:
    KubernetesProvider(const KubernetesProfile& profile, RequesterEnvironment outside,
                       LeaseKeeping keeping, Connector connect, const Clock& clock)
        : profile_(profile), outside_(std::move(outside)), keeping_(std::move(keeping)),
          connect_(std::move(connect)), clock_(clock) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const auto api,
                             KubernetesApi::open(profile_, outside_, connect_, deadline));
        LEASEHOLD_TRY(check_fit(*api, profile_,
                                namespaces_of(profile_.settings, request.namespace_), deadline));
        const MakingParts parts{*api,   profile_,         keeping_.holder,
                                clock_, keeping_.intents, keeping_.interrupted};
        LeaseMaking making(parts, request, deadline);
        return profile_.settings.credential == CredentialKind::dynamic_
                   ? making.dynamic_()
                   : lease_static(making, request.namespace_);
    }

private:
    // Revocable if the profile says so; if it says nothing, if that can be had.
    Result<Lease> lease_static(LeaseMaking& making, const std::string& namespace_) const {
        const std::optional<bool> wanted = profile_.settings.revocable;
        if (wanted == false)
            return making.static_without_record();
        if (!wanted && keeping_.secrets_refused())
            return not_revocable(making, "the requester cannot create secrets in namespace " +
                                             quoted(namespace_));
        auto lease = making.static_with_record(!wanted);
        if (lease || !making.record_failed())
            return lease;
        Error error = std::move(lease).error();
        if (!wanted) {
            if (making.secrets_refused())
                keeping_.remember_secrets_refused();
            return not_revocable(making, std::move(error.message));
        }
        if (!making.secrets_refused())
            return error;
        error.hint += "\na revocable lease is a Secret in the cluster; with 'revocable: false' in "
                      "the profile the lease needs none, and cannot be revoked";
        return error;
    }

    // Whatever keeps the record from being made, the token is had without it.
    static Result<Lease> not_revocable(LeaseMaking& making, std::string why) {
        LEASEHOLD_TRY_ASSIGN(Lease lease, making.static_without_record());
        lease.why_not_revocable = std::move(why);
        return lease;
    }

    KubernetesProfile profile_;
    RequesterEnvironment outside_;
    LeaseKeeping keeping_;
    Connector connect_;
    const Clock& clock_;
};

} // namespace

std::unique_ptr<LeaseProvider> make_kubernetes_provider(const KubernetesProfile& profile,
                                                        RequesterEnvironment outside,
                                                        LeaseKeeping keeping, Connector connect,
                                                        const Clock& clock) {
    return std::make_unique<KubernetesProvider>(profile, std::move(outside), std::move(keeping),
                                                std::move(connect), clock);
}

} // namespace leasehold::lease
