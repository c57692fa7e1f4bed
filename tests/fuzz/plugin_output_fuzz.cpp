// What an exec plugin prints.
#include "src/lease/kubeconfig_user/exec_credential.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    for (const std::string_view version :
         {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}) {
        const auto credential = lease::read_exec_credential(text, version);
        fuzz::require_safe(credential);
        if (credential)
            fuzz::require(!credential->token.reveal().empty() || credential->certificate,
                          "a credential is a token or a certificate");
    }
    return 0;
}
