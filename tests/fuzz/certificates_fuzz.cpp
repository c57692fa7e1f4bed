// PEM and certificates, as profiles, kubeconfigs and plugins have them.
#include "src/http/certificate_names.hpp"
#include "src/http/certificate_rules.hpp"
#include "src/http/pem.hpp"
#include "src/http/subject_names.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;

namespace {

// The text's certificates, taken for a chain from the server up.
void check_chain(std::string_view text) {
    std::vector<http::X509Ptr> certificates;
    http::Chain chain;
    for (const std::string& der : http::certificate_blocks(text))
        if (http::X509Ptr certificate = http::parse_certificate(der)) {
            chain.push_back(certificate.get());
            certificates.push_back(std::move(certificate));
        }
    if (chain.empty())
        return;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        (void)http::check_certificate(chain[i]);
        if (i > 0)
            (void)http::check_issuer(chain[i - 1], chain[i], http::Place::intermediate, i - 1);
    }
    (void)http::check_chain(chain);
    (void)http::has_sound_names(chain[0]);
    (void)http::is_for(chain[0], "dev.example");
    (void)http::is_for(chain[0], "192.0.2.1");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    check_chain(text);
    if (const http::X509Ptr certificate = http::parse_certificate(text))
        (void)http::check_certificate(certificate.get());
    (void)http::certificate_names(text);
    (void)http::certificate_end(text);
    (void)http::is_key_of(text, text);
    return 0;
}
