#include "src/lease/kubernetes_provider.hpp"

#include "src/lease/kubernetes_status.hpp"
#include "src/lease/token_request.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace leasehold::lease {
namespace {

constexpr int most_attempts = 3;
constexpr Seconds usual_pause{1};

// A plain TokenRequest leaves nothing behind in the cluster, so that asking again after a refusal
// that promises better times is safe; a lost answer is not asked for again (NET-13).
std::optional<Seconds> pause_before_retry(const http::Response& response) {
    if (response.status != 429 && response.status != 503)
        return std::nullopt;
    return read_status(response).retry_after.value_or(usual_pause);
}

class KubernetesProvider final : public LeaseProvider {
public:
    KubernetesProvider(const Profile& profile, RequesterEnvironment outside, Connector connect,
                       const Clock& clock)
        : profile_(profile), outside_(std::move(outside)), connect_(std::move(connect)),
          clock_(clock) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(Requester requester, open_requester(profile_, outside_, deadline));
        const TokenWish wish{request.namespace_, profile_.kubernetes.service_account,
                             request.audiences, request.ttl, profile_.kubernetes.issuer};
        const std::unique_ptr<http::HttpClient> client = connect_(std::move(requester.server));
        for (int attempt = 1;; ++attempt) {
            http::Request message = token_request(wish);
            message.bearer = requester.bearer.empty() ? nullptr : &requester.bearer;
            message.headers = requester.headers;
            const UnixTime sent = clock_.now().wall;
            auto response = client->exchange(message, deadline);
            if (!response)
                return std::move(response).error().error;
            if (response->status == 201 || response->status == 200)
                return read_token_answer(*response, wish, sent);
            const auto pause = pause_before_retry(*response);
            if (!pause || attempt == most_attempts || deadline.left() <= *pause)
                return status_error(*response, {"create", "serviceaccounts/token", wish.namespace_,
                                                wish.service_account});
            std::this_thread::sleep_for(*pause);
        }
    }

private:
    const Profile& profile_;
    RequesterEnvironment outside_;
    Connector connect_;
    const Clock& clock_;
};

} // namespace

std::unique_ptr<LeaseProvider> make_kubernetes_provider(const Profile& profile,
                                                        RequesterEnvironment outside,
                                                        Connector connect, const Clock& clock) {
    return std::make_unique<KubernetesProvider>(profile, std::move(outside), std::move(connect),
                                                clock);
}

} // namespace leasehold::lease
