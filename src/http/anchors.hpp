// What a chain of certificates may end at: those of a PEM text, or the system's.
#pragma once

#include "src/http/openssl.hpp"

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::http {

class Anchors {
public:
    virtual ~Anchors() = default;
    // Those of exactly this subject that were found so far. They live as long as this object.
    [[nodiscard]] virtual std::vector<X509*> of(const X509_NAME* subject);
    // Looks in a further place, so that of() may find more. False if there is none left.
    [[nodiscard]] virtual bool look_further() { return false; }
    [[nodiscard]] std::size_t count() const { return certificates_.size(); }

protected:
    // Each certificate that the text holds, once.
    void add(std::string_view pem);

private:
    std::set<std::string> known_; // their DER
    std::vector<X509Ptr> certificates_;
};

// The certificates of this text and no others.
[[nodiscard]] std::unique_ptr<Anchors> named_anchors(std::string_view pem);

} // namespace leasehold::http
