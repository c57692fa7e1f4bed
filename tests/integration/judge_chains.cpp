// The verdict of leasehold's own verification on the scenes that chains/main.go has written down.
//
// usage: judge_chains DIRECTORY; prints one line a scene, "accepted" or "refused: why"
#include "src/base/files.hpp"
#include "src/http/chain_search.hpp"
#include "src/http/pem.hpp"

#include <openssl/x509.h>

#include <fstream>
#include <iostream>

namespace leasehold::http {
namespace {

struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};

std::string text_of(const std::string& path) {
    auto text = read_file(path, {.limit = std::size_t{16} << 20}, "certificates");
    return text ? *text : "";
}

// As they come from a handshake, which fails on what is no certificate.
std::string judge(const std::string& path, const std::string& host) {
    const std::unique_ptr<STACK_OF(X509), FreeStack> shown(sk_X509_new_null());
    for (const std::string& der : certificate_blocks(text_of(path + ".shown"))) {
        X509Ptr certificate = parse_certificate(der);
        if (!certificate)
            return "refused: it cannot be read";
        (void)sk_X509_push(shown.get(), certificate.release());
    }
    const auto anchors = named_anchors(text_of(path + ".trusted"));
    const auto fault = judge_server(sk_X509_value(shown.get(), 0), shown.get(), *anchors, host);
    if (!fault)
        return "accepted";
    return std::string("refused: ") + X509_verify_cert_error_string(fault->code) +
           (fault->authority.empty() ? "" : " (" + fault->authority + ')');
}

} // namespace
} // namespace leasehold::http

int main(int count, char** arguments) {
    if (count != 2)
        return 2;
    const std::string directory = arguments[1];
    std::ifstream scenes(directory + "/scenes");
    std::string line;
    for (int number = 0; std::getline(scenes, line); ++number) {
        const std::size_t begin = line.find('\t') + 1;
        const std::string host = line.substr(begin, line.find('\t', begin) - begin);
        std::cout << leasehold::http::judge(directory + '/' + std::to_string(number), host) << '\n';
    }
    return 0;
}
