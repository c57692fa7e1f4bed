#include "src/http/chain_search.hpp"

#include "src/base/url.hpp"
#include "src/http/certificate_rules.hpp"
#include "src/http/subject_names.hpp"

#include <openssl/x509v3.h>

#include <algorithm>

namespace leasehold::http {
namespace {

// As Go has them: what a hostile server can make its clients compute.
constexpr int most_signatures = 100;
constexpr int longest_rsa_key = 8192;

using Certificates = std::vector<X509*>;

std::string_view alternative_names_of(X509* certificate) {
    const int place = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    return place < 0 ? std::string_view()
                     : text_of(X509_EXTENSION_get_data(X509_get_ext(certificate, place)));
}

// One subject with one key, whatever else the certificates say: a second one leads nowhere new.
bool is_same_authority(X509* a, X509* b) {
    return same_name(X509_get_subject_name(a), X509_get_subject_name(b)) &&
           EVP_PKEY_eq(X509_get0_pubkey(a), X509_get0_pubkey(b)) == 1 &&
           alternative_names_of(a) == alternative_names_of(b);
}

// An identifier that matches makes an issuer likely; another one rules none out, since a renewed
// authority keeps its key and gets other identifiers.
Certificates likely_first(X509* child, Certificates issuers) {
    const ASN1_OCTET_STRING* wanted = X509_get0_authority_key_id(child);
    std::stable_partition(issuers.begin(), issuers.end(), [&](X509* issuer) {
        const ASN1_OCTET_STRING* own = X509_get0_subject_key_id(issuer);
        return wanted != nullptr && own != nullptr && ASN1_OCTET_STRING_cmp(wanted, own) == 0;
    });
    return issuers;
}

std::string subject_of(X509* certificate) {
    const BioPtr out(BIO_new(BIO_s_mem()));
    (void)X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    const long length = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(std::max(length, 0L))};
}

class Search {
public:
    Search(X509* leaf, const STACK_OF(X509) * sent, Anchors& anchors)
        : sent_(sent), anchors_(anchors), chain_{leaf} {}

    bool run() {
        X509* leaf = chain_.front();
        const Certificates same = anchors_.of(X509_get_subject_name(leaf));
        if (std::any_of(same.begin(), same.end(),
                        [&](X509* anchor) { return X509_cmp(anchor, leaf) == 0; }))
            return is_good();
        return extend();
    }

    ChainFault fault() const {
        if (fault_)
            return *fault_;
        X509* leaf = chain_.front();
        const bool self = same_name(X509_get_subject_name(leaf), X509_get_issuer_name(leaf));
        return {self ? X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
                     : X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                ""};
    }

private:
    bool extend() {
        X509* child = chain_.back();
        for (X509* issuer : likely_first(child, anchors_.of(X509_get_issuer_name(child))))
            if (add(issuer, Place::anchor))
                return true;
        for (X509* issuer : likely_first(child, sent_of(X509_get_issuer_name(child))))
            if (add(issuer, Place::intermediate))
                return true;
        return false;
    }

    bool add(X509* issuer, Place place) {
        if (std::any_of(chain_.begin(), chain_.end(),
                        [&](X509* earlier) { return is_same_authority(earlier, issuer); }))
            return false;
        if (++signatures_ > most_signatures)
            return note(X509_V_ERR_CERT_CHAIN_TOO_LONG, nullptr);
        const int fault = check_issuer(chain_.back(), issuer, place, chain_.size() - 1);
        if (fault != X509_V_OK)
            return note(fault, issuer);
        chain_.push_back(issuer);
        if (place == Place::anchor ? is_good() : extend())
            return true;
        chain_.pop_back();
        return false;
    }

    bool is_good() {
        const int fault = check_chain(chain_);
        if (fault != X509_V_OK)
            fault_ = {fault, ""};
        return fault == X509_V_OK;
    }

    // Told is why a chain that leads to an anchor does not count, else the first fault on the way,
    // a strange key only if there is no other.
    bool note(int code, X509* authority) {
        if (!fault_ || fault_->code == X509_V_ERR_CERT_SIGNATURE_FAILURE)
            fault_ = {code, authority != nullptr ? subject_of(authority) : ""};
        return false;
    }

    Certificates sent_of(const X509_NAME* subject) const {
        Certificates found;
        for (int i = 0; i < sk_X509_num(sent_); ++i)
            if (same_name(X509_get_subject_name(sk_X509_value(sent_, i)), subject))
                found.push_back(sk_X509_value(sent_, i));
        return found;
    }

    const STACK_OF(X509) * sent_;
    Anchors& anchors_;
    Certificates chain_;
    int signatures_ = 0;
    std::optional<ChainFault> fault_;
};

bool is_oversized(X509* certificate) {
    EVP_PKEY* key = X509_get0_pubkey(certificate);
    return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
           EVP_PKEY_get_bits(key) > longest_rsa_key;
}

} // namespace

std::optional<ChainFault> judge_server(X509* leaf, const STACK_OF(X509) * sent, Anchors& anchors,
                                       const std::string& host) {
    for (int i = 0; i < sk_X509_num(sent); ++i)
        if (is_oversized(sk_X509_value(sent, i)))
            return ChainFault{X509_V_ERR_CERT_REJECTED, ""};
    if (const int fault = check_certificate(leaf); fault != X509_V_OK)
        return ChainFault{fault, ""};
    if (!is_for(leaf, host))
        return ChainFault{is_ip_address(host) ? X509_V_ERR_IP_ADDRESS_MISMATCH
                                              : X509_V_ERR_HOSTNAME_MISMATCH,
                          ""};
    ChainFault fault;
    do {
        Search search(leaf, sent, anchors);
        if (search.run())
            return std::nullopt;
        fault = search.fault();
    } while (anchors.look_further());
    if (anchors.count() == 0)
        fault.code = X509_V_ERR_STORE_LOOKUP;
    return fault;
}

} // namespace leasehold::http
