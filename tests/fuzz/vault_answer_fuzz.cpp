// What Vault, OpenBao, or whoever stands in their place, answers.
#include "src/base/hostile_text.hpp"
#include "src/lease/vault/wire/auth_answer.hpp"
#include "src/lease/vault/wire/lease_answer.hpp"
#include "src/lease/vault/wire/oidc.hpp"
#include "src/lease/vault/wire/refusal.hpp"
#include "src/lease/vault/wire/role_answer.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;
using namespace leasehold::lease::vault;

namespace {

constexpr UnixTime sent = 1'700'000'000;

void check_lease(const http::Response& response) {
    TokenWish wish;
    wish.namespace_ = "ci";
    wish.ttl = Seconds(3600);
    wish.login_left = Seconds(1800);
    const auto lease = read_created_lease(response, wish, sent);
    fuzz::require_safe(lease);
    if (lease) {
        fuzz::require(!lease->token.reveal().empty(), "a lease has a token");
        fuzz::require(lease->life > Seconds(0) && lease->expires == sent + lease->life.count(),
                      "and an end");
    }
    (void)read_lease_id(response);
    const auto record = read_lease_record(response);
    fuzz::require_safe(record);
    if (record)
        fuzz::require(visible_text(record->revoke_error) == record->revoke_error, "safe to show");
    fuzz::require_safe(read_lease_list(response));
}

void check_login(const http::Response& response) {
    const auto login = read_auth_answer(response, sent);
    fuzz::require_safe(login);
    if (login) {
        fuzz::require(login->mfa || !login->session.token.reveal().empty(),
                      "a session has a token");
        fuzz::require_safe(read_auth_answer(response, sent + 60, &login->session));
    }
    fuzz::require_safe(read_token_facts(response));
    fuzz::require_safe(read_unwrapped_secret_id(response));
    fuzz::require_safe(read_auth_url(response, VaultSettings{}));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const http::Response response = fuzz::response_of(fuzz::text_of(data, size));
    check_lease(response);
    check_login(response);
    fuzz::require_safe(read_role_facts(response));
    (void)may(response, "kubernetes/creds/ci", "update");
    const std::string version = read_version(response);
    fuzz::require(visible_text(version) == version, "a version is safe to show");
    const Refusal refusal = read_refusal(response);
    for (const Doing doing :
         {Doing::leasing, Doing::logging_in, Doing::unwrapping, Doing::revoking, Doing::asking})
        fuzz::require_safe(refusal_error(refusal, doing, "lease from kubernetes/creds/ci"));
    if (const auto location = response.header("Location"))
        fuzz::require_safe(redirect_error("https://vault.example", *location));
    return 0;
}
