#include "src/http/subject_names.hpp"

#include "src/base/url.hpp"

#include <openssl/x509v3.h>

#include <algorithm>

namespace leasehold::http {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;

NamesPtr alternative_names(X509* certificate) {
    return NamesPtr(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
}

std::vector<std::string> names_of(X509* certificate, int type) {
    const NamesPtr names = alternative_names(certificate);
    std::vector<std::string> found;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        int kind = 0;
        const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind);
        if (kind == type)
            found.emplace_back(text_of(static_cast<const ASN1_STRING*>(value)));
    }
    return found;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_label(std::string_view label) {
    return !label.empty() && label.front() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

// In lower case, without a dot at its end.
bool is_host_name(std::string_view name) {
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
        if (!is_label(name.substr(0, dot)))
            return false;
        name.remove_prefix(dot + 1);
    }
    return is_label(name);
}

bool is_wildcard(std::string_view name) {
    return name.starts_with("*.") && is_host_name(name.substr(2));
}

// Both in lower case. What is no host name matches only as it is.
bool matches(std::string_view pattern, std::string_view asked) {
    std::string_view host = asked;
    if (host.ends_with('.'))
        host.remove_suffix(1);
    if (!is_host_name(host) || !(is_host_name(pattern) || is_wildcard(pattern)))
        return pattern == asked && !pattern.empty() && pattern != ".";
    if (!is_wildcard(pattern))
        return pattern == host;
    const std::size_t dot = host.find('.');
    return dot != std::string_view::npos && host.substr(dot) == pattern.substr(1);
}

// Four or sixteen bytes in network order; an IPv4 address in IPv6's clothes is an IPv4 address.
std::string plain_address(std::string bytes) {
    const std::string mapped = std::string(10, '\0') + "\xff\xff";
    return bytes.size() == 16 && bytes.starts_with(mapped) ? bytes.substr(12) : bytes;
}

std::string address_bytes(const std::string& text) {
    const std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>> bytes(
        a2i_IPADDRESS(text.c_str()));
    return bytes ? std::string(text_of(bytes.get())) : "";
}

} // namespace

std::vector<std::string> dns_names(X509* certificate) {
    return names_of(certificate, GEN_DNS);
}

bool has_sound_names(X509* certificate) {
    const NamesPtr names = alternative_names(certificate);
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        int kind = 0;
        const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind);
        const auto* string = static_cast<const ASN1_STRING*>(value);
        if (kind == GEN_IPADD && text_of(string).size() != 4 && text_of(string).size() != 16)
            return false;
        if ((kind == GEN_DNS || kind == GEN_EMAIL || kind == GEN_URI) && !is_ascii(text_of(string)))
            return false;
    }
    return true;
}

bool is_for(X509* certificate, const std::string& host) {
    if (is_ip_address(host)) {
        const std::string wanted = plain_address(address_bytes(host));
        const auto addresses = names_of(certificate, GEN_IPADD);
        return !wanted.empty() &&
               std::any_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
                   return plain_address(address) == wanted;
               });
    }
    const std::string wanted = lower_case(host);
    const auto names = dns_names(certificate);
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return matches(lower_case(name), wanted); });
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string_view text_of(const ASN1_STRING* string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

} // namespace leasehold::http
