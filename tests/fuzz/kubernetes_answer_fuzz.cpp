// What an API server, or whoever stands in its place, answers.
#include "src/base/hostile_text.hpp"
#include "src/lease/kubernetes/api/access_review.hpp"
#include "src/lease/kubernetes/api/object.hpp"
#include "src/lease/kubernetes/api/status.hpp"
#include "src/lease/kubernetes/api/token_request.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;
using namespace leasehold::lease;

namespace {

constexpr UnixTime sent = 1'700'000'000;

void check_token(const http::Response& response) {
    TokenWish wish;
    wish.namespace_ = "ci";
    wish.service_account = "deployer";
    wish.ttl = Seconds(3600);
    const auto lease = read_token_answer(response, wish, sent);
    fuzz::require_safe(lease);
    if (!lease)
        return;
    fuzz::require(lease->subject == "system:serviceaccount:ci:deployer", "whose it was asked for");
    fuzz::require(lease->life > Seconds(0) && lease->expires == sent + lease->life.count(),
                  "and it has an end");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const http::Response response = fuzz::response_of(fuzz::text_of(data, size));
    check_token(response);
    const KubernetesStatus status = read_status(response);
    fuzz::require(visible_text(status.message) == status.message, "a status is safe to show");
    fuzz::require(!status.retry_after || *status.retry_after <= Seconds(60), "waits end");
    fuzz::require_safe(status_error(response, {.verb = "create",
                                               .resource = "serviceaccounts/token",
                                               .namespace_ = "ci",
                                               .name = "deployer"}));
    fuzz::require_safe(not_the_api(response, "the token request"));
    for (const ObjectKind kind : {ObjectKind::secret, ObjectKind::role_binding}) {
        fuzz::require_safe(read_object(response, kind));
        fuzz::require_safe(read_page(response, kind));
    }
    fuzz::require_safe(read_self_subject_review(response));
    fuzz::require_safe(read_self_subject_access_review(response));
    return 0;
}
