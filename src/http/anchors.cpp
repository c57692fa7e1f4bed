#include "src/http/anchors.hpp"

#include "src/http/certificate_rules.hpp"
#include "src/http/pem.hpp"

namespace leasehold::http {
namespace {

class NamedAnchors final : public Anchors {
public:
    explicit NamedAnchors(std::string_view pem) { add(pem); }
};

} // namespace

std::vector<X509*> Anchors::of(const X509_NAME* subject) {
    std::vector<X509*> found;
    for (const X509Ptr& certificate : certificates_)
        if (same_name(X509_get_subject_name(certificate.get()), subject))
            found.push_back(certificate.get());
    return found;
}

void Anchors::add(std::string_view pem) {
    for (std::string& der : certificate_blocks(pem)) {
        if (known_.contains(der))
            continue;
        if (X509Ptr certificate = parse_certificate(der)) {
            certificates_.push_back(std::move(certificate));
            known_.insert(std::move(der));
        }
    }
}

std::unique_ptr<Anchors> named_anchors(std::string_view pem) {
    return std::make_unique<NamedAnchors>(pem);
}

} // namespace leasehold::http
