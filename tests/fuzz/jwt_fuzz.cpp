// Tokens from servers, plugins and environments.
#include "src/base/base64.hpp"
#include "src/base/jwe.hpp"
#include "src/lease/identity/unverified_jwt.hpp"
#include "src/lease/terms/jwt.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;

namespace {

void read(std::string_view token) {
    const auto claims = lease::read_claims(token);
    fuzz::require_safe(claims);
    (void)lease::identity::read_unverified(token);
    if (!claims)
        return;
    lease::TokenExpectation expected;
    expected.namespace_ = "ci";
    expected.service_account = "deployer";
    expected.ttl = Seconds(3600);
    expected.server_now = 1'700'000'000;
    const auto checked = lease::check_claims(*claims, expected);
    fuzz::require_safe(checked);
    if (!checked)
        return;
    fuzz::require(claims->subject == "system:serviceaccount:ci:deployer", "whose it was asked for");
    fuzz::require(claims->expires > expected.server_now, "a token that has not ended");
    fuzz::require(claims->expires - expected.server_now <= 2 * 3600, "nor lives for ever");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    read(text);
    // The parts in clear text, for a fuzzer that does not speak base64.
    const auto parts = fuzz::parts_of(text, 2);
    read(base64url_encode(parts[0]) + '.' + base64url_encode(parts[1]) + ".c2ln");
    if (text.find("p2c") == std::string_view::npos) // a million rounds are slow, and refused or not
        (void)decrypt_password_jwe(text, Secret("password"));
    return 0;
}
