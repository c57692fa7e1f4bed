#include "src/http/certificate_rules.hpp"

#include "src/http/name_constraints.hpp"
#include "src/http/subject_names.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace leasehold::http {
namespace {

// As security level 2 of OpenSSL has it, which kubectl's library does not.
constexpr int shortest_rsa_key = 2048;

struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

int check_ec_key(EVP_PKEY* key) {
    constexpr std::array<std::string_view, 4> curves = {SN_secp224r1, SN_X9_62_prime256v1,
                                                        SN_secp384r1, SN_secp521r1};
    std::array<char, 64> name{};
    int spelled_out = 0;
    (void)EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                 &spelled_out);
    if (spelled_out != 0)
        return X509_V_ERR_EC_KEY_EXPLICIT_PARAMS;
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1 ||
        std::find(curves.begin(), curves.end(), name.data()) == curves.end())
        return X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM;
    return X509_V_OK;
}

int check_key(X509* certificate) {
    EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr)
        return X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return EVP_PKEY_get_bits(key) < shortest_rsa_key ? X509_V_ERR_EE_KEY_TOO_SMALL : X509_V_OK;
    case EVP_PKEY_EC:
        return check_ec_key(key);
    case EVP_PKEY_ED25519:
        return X509_V_OK;
    default:
        return X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM;
    }
}

int check_time(X509* certificate) {
    const int begun = X509_cmp_current_time(X509_get0_notBefore(certificate));
    const int ends = X509_cmp_current_time(X509_get0_notAfter(certificate));
    if (begun == 0)
        return X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD;
    if (ends == 0)
        return X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD;
    if (begun > 0)
        return X509_V_ERR_CERT_NOT_YET_VALID;
    return ends < 0 ? X509_V_ERR_CERT_HAS_EXPIRED : X509_V_OK;
}

// RFC 5280, section 4.2: what is critical and not understood must be refused. Go knows these.
bool is_understood(int extension) {
    constexpr std::array known = {NID_key_usage,          NID_basic_constraints,
                                  NID_subject_alt_name,   NID_name_constraints,
                                  NID_ext_key_usage,      NID_crl_distribution_points,
                                  NID_policy_mappings,    NID_certificate_policies,
                                  NID_inhibit_any_policy, NID_policy_constraints};
    return std::find(known.begin(), known.end(), extension) != known.end();
}

// False as well where it stands there twice.
bool is_readable(X509* certificate, int extension) {
    int critical = 0;
    void* const read = X509_get_ext_d2i(certificate, extension, &critical, nullptr);
    if (read != nullptr)
        ASN1_item_free(static_cast<ASN1_VALUE*>(read),
                       ASN1_ITEM_ptr(X509V3_EXT_get_nid(extension)->it));
    constexpr int not_there = -1;
    return read != nullptr || critical == not_there;
}

// What Go reads of every certificate, and OpenSSL only if somebody asks for it.
bool is_readable(X509* certificate) {
    constexpr std::array unread = {NID_info_access, NID_certificate_policies,
                                   NID_policy_constraints, NID_policy_mappings,
                                   NID_inhibit_any_policy};
    const bool all = std::all_of(unread.begin(), unread.end(), [&](int extension) {
        return is_readable(certificate, extension);
    });
    ERR_clear_error();
    return all;
}

int check_extensions(X509* certificate) {
    if ((X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0 ||
        !is_readable(certificate) ||
        ASN1_STRING_type(X509_get0_serialNumber(certificate)) == V_ASN1_NEG_INTEGER ||
        !has_sound_names(certificate))
        return X509_V_ERR_INVALID_EXTENSION;
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        X509_EXTENSION* extension = X509_get_ext(certificate, i);
        if (X509_EXTENSION_get_critical(extension) != 0 &&
            !is_understood(OBJ_obj2nid(X509_EXTENSION_get_object(extension))))
            return X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION;
    }
    return X509_V_OK;
}

// SHA-2 by RSA (PKCS #1 or PSS with the digest's own salt), ECDSA or Ed25519, and nothing older.
int check_signature(X509* child, X509* issuer) {
    int digest = NID_undef;
    std::uint32_t flags = 0;
    if (X509_get_signature_info(child, &digest, nullptr, nullptr, &flags) != 1)
        return X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM;
    if (digest == NID_sha1 || digest == NID_md5)
        return X509_V_ERR_CA_MD_TOO_WEAK;
    if ((flags & X509_SIG_INFO_TLS) == 0)
        return X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM;
    const bool signed_by = X509_verify(child, X509_get0_pubkey(issuer)) == 1;
    ERR_clear_error();
    return signed_by ? X509_V_OK : X509_V_ERR_CERT_SIGNATURE_FAILURE;
}

int check_authority(X509* issuer, Place place) {
    constexpr long version_3 = 2;
    const std::uint32_t flags = X509_get_extension_flags(issuer);
    const bool says = (flags & EXFLAG_BCONS) != 0;
    const bool must_say = place == Place::intermediate || X509_get_version(issuer) == version_3;
    if (says ? (flags & EXFLAG_CA) == 0 : must_say)
        return X509_V_ERR_INVALID_CA;
    if ((X509_get_key_usage(issuer) & KU_KEY_CERT_SIGN) == 0)
        return X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
    return X509_V_OK;
}

// A certificate that lists usages limits those below it to them.
bool allows_servers(X509* certificate) {
    return (X509_get_extended_key_usage(certificate) & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
}

bool speaks_of_policies(X509* certificate) {
    return X509_get_ext_by_NID(certificate, NID_policy_constraints, -1) >= 0 ||
           X509_get_ext_by_NID(certificate, NID_policy_mappings, -1) >= 0;
}

int check_policies(const Chain& chain) {
    if (std::none_of(chain.begin(), chain.end(), speaks_of_policies))
        return X509_V_OK;
    const std::unique_ptr<STACK_OF(X509), FreeStack> stack(sk_X509_new_null());
    for (X509* certificate : chain)
        if (!stack || sk_X509_push(stack.get(), certificate) == 0)
            return X509_V_ERR_OUT_OF_MEM;
    X509_POLICY_TREE* tree = nullptr;
    int explicit_policy = 0;
    const int result = X509_policy_check(&tree, &explicit_policy, stack.get(), nullptr, 0);
    X509_policy_tree_free(tree);
    if (result == X509_PCY_TREE_VALID)
        return X509_V_OK;
    return result == X509_PCY_TREE_FAILURE ? X509_V_ERR_NO_EXPLICIT_POLICY
                                           : X509_V_ERR_INVALID_POLICY_EXTENSION;
}

} // namespace

int check_certificate(X509* certificate) {
    if (const int fault = check_extensions(certificate); fault != X509_V_OK)
        return fault;
    if (const int fault = check_time(certificate); fault != X509_V_OK)
        return fault;
    return check_key(certificate);
}

int check_issuer(X509* child, X509* issuer, Place place, std::size_t below) {
    // First: a stranger of the same name says nothing by what else is wrong with it.
    if (const int fault = check_signature(child, issuer); fault != X509_V_OK)
        return fault;
    if (const int fault = check_authority(issuer, place); fault != X509_V_OK)
        return fault;
    if (const int fault = check_certificate(issuer); fault != X509_V_OK)
        return fault == X509_V_ERR_EE_KEY_TOO_SMALL ? X509_V_ERR_CA_KEY_TOO_SMALL : fault;
    const long most = X509_get_pathlen(issuer);
    return most >= 0 && below > static_cast<std::size_t>(most) ? X509_V_ERR_PATH_LENGTH_EXCEEDED
                                                               : X509_V_OK;
}

int check_chain(const Chain& chain) {
    if (!std::all_of(chain.begin(), chain.end(), allows_servers))
        return X509_V_ERR_INVALID_PURPOSE;
    if (const int fault = check_name_constraints(chain); fault != X509_V_OK)
        return fault;
    return check_policies(chain);
}

bool same_name(const X509_NAME* a, const X509_NAME* b) {
    const unsigned char* bytes_a = nullptr;
    const unsigned char* bytes_b = nullptr;
    std::size_t size_a = 0;
    std::size_t size_b = 0;
    return X509_NAME_get0_der(a, &bytes_a, &size_a) == 1 &&
           X509_NAME_get0_der(b, &bytes_b, &size_b) == 1 &&
           std::equal(bytes_a, bytes_a + size_a, bytes_b, bytes_b + size_b);
}

} // namespace leasehold::http
