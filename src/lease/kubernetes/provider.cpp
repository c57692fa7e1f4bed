#include "src/lease/kubernetes/provider.hpp"

#include "src/base/hostile_text.hpp"
#include "src/lease/kubernetes/making.hpp"

#include <utility>

namespace leasehold::lease {
namespace {

class KubernetesProvider final : public LeaseProvider {
public:
    KubernetesProvider(const Profile& profile, RequesterEnvironment outside, LeaseKeeping keeping,
                       Connector connect, const Clock& clock)
        : profile_(profile), outside_(std::move(outside)), keeping_(std::move(keeping)),
          connect_(std::move(connect)), clock_(clock) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const auto api,
                             KubernetesApi::open(profile_, outside_, connect_, deadline));
        const MakingParts parts{*api, profile_, keeping_.holder, clock_, keeping_.interrupted};
        LeaseMaking making(parts, request, deadline);
        if (profile_.kubernetes.credential == CredentialKind::temporary)
            return making.temporary();
        return lease_fixed(making, request.namespace_);
    }

private:
    // Revocable if the profile says so; if it says nothing, if that is allowed.
    Result<Lease> lease_fixed(LeaseMaking& making, const std::string& namespace_) const {
        const std::optional<bool> wanted = profile_.kubernetes.revocable;
        if (wanted == false)
            return making.plain();
        if (!wanted && keeping_.secrets_refused())
            return not_revocable(making, namespace_);
        auto lease = making.revocable();
        if (lease || !making.secrets_refused())
            return lease;
        if (!wanted) {
            keeping_.remember_secrets_refused();
            return not_revocable(making, namespace_);
        }
        Error error = std::move(lease).error();
        error.hint += "\na revocable lease is a Secret in the cluster; with 'revocable: false' in "
                      "the profile the lease needs none, and cannot be revoked";
        return error;
    }

    static Result<Lease> not_revocable(LeaseMaking& making, const std::string& namespace_) {
        LEASEHOLD_TRY_ASSIGN(Lease lease, making.plain());
        lease.why_not_revocable =
            "the requester cannot create secrets in namespace " + quoted(namespace_);
        return lease;
    }

    const Profile& profile_;
    RequesterEnvironment outside_;
    LeaseKeeping keeping_;
    Connector connect_;
    const Clock& clock_;
};

} // namespace

std::unique_ptr<LeaseProvider> make_kubernetes_provider(const Profile& profile,
                                                        RequesterEnvironment outside,
                                                        LeaseKeeping keeping, Connector connect,
                                                        const Clock& clock) {
    return std::make_unique<KubernetesProvider>(profile, std::move(outside), std::move(keeping),
                                                std::move(connect), clock);
}

} // namespace leasehold::lease
