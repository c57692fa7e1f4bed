// What Infisical, or whoever stands in its place, answers.
#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/login/session_answer.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"
#include "src/lease/infisical/wire/refusal.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;
using namespace leasehold::lease::infisical;

namespace {

constexpr UnixTime sent = 1'700'000'000;

void check_lease(const http::Response& response) {
    TokenWish wish;
    wish.namespace_ = "ci";
    wish.ttl = Seconds(3600);
    const auto lease = read_created_lease(response, wish, sent);
    fuzz::require_safe(lease);
    if (!lease)
        return;
    fuzz::require(!lease->token.reveal().empty() && !lease->id.empty(), "a lease has both");
    fuzz::require(lease->life > Seconds(0) && lease->expires == sent + lease->life.count(),
                  "and an end");
    for (const std::string& warning : lease->warnings)
        fuzz::require(visible_text(warning) == warning, "warnings are safe to show");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const http::Response response = fuzz::response_of(fuzz::text_of(data, size));
    check_lease(response);
    if (const auto record = read_lease_answer(response, "the lease")) {
        const auto entry = to_entry(*record, sent);
        fuzz::require(visible_text(record->status_details) == record->status_details,
                      "a record is safe to show");
        (void)entry;
    } else {
        fuzz::require_safe(record.error());
    }
    (void)read_longest_ttl(response);
    const auto session = read_session_answer(response, sent);
    fuzz::require_safe(session);
    if (session)
        fuzz::require_safe(read_session_answer(response, sent + 60, &*session));
    const Refusal refusal = read_refusal(response);
    fuzz::require_safe(refusal_error(refusal, "lease the dynamic secret"));
    (void)session_refused(refusal);
    (void)ttl_refused(refusal);
    return 0;
}
