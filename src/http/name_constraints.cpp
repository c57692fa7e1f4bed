#include "src/http/name_constraints.hpp"

#include "src/http/subject_names.hpp"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string_view>

namespace leasehold::http {
namespace {

using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, Free<NAME_CONSTRAINTS_free>>;
using Subtrees = STACK_OF(GENERAL_SUBTREE);

// RFC 5280 demands it of whoever does not enforce a kind of constraint that is critical.
bool has_only_known_kinds(const Subtrees* subtrees) {
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); ++i) {
        const int type = sk_GENERAL_SUBTREE_value(subtrees, i)->base->type;
        if (type != GEN_DNS && type != GEN_IPADD && type != GEN_EMAIL && type != GEN_URI)
            return false;
    }
    return true;
}

// RFC 5280 forbids it: an authority that says it is limited, and not to what.
bool is_empty(const NAME_CONSTRAINTS& limits) {
    return sk_GENERAL_SUBTREE_num(limits.permittedSubtrees) <= 0 &&
           sk_GENERAL_SUBTREE_num(limits.excludedSubtrees) <= 0;
}

// As Go reads it: no empty label, nothing that is not printed. An empty name is below no domain.
bool is_domain(std::string_view name) {
    const bool printed =
        std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
    return name.empty() || (printed && name.front() != '.' && name.back() != '.' &&
                            name.find("..") == std::string_view::npos);
}

std::string after_first_label(std::string_view name) {
    const std::size_t dot = name.find('.');
    return dot == std::string_view::npos ? "" : lower_case(name.substr(dot));
}

// "*.example.com" also stands for the excluded "a.example.com", which OpenSSL does not see.
bool covers_excluded(X509* certificate, const Subtrees* excluded) {
    for (const std::string& name : dns_names(certificate)) {
        if (!name.starts_with("*."))
            continue;
        for (int i = 0; i < sk_GENERAL_SUBTREE_num(excluded); ++i) {
            const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(excluded, i)->base;
            if (base->type == GEN_DNS &&
                after_first_label(text_of(base->d.dNSName)) == after_first_label(name))
                return true;
        }
    }
    return false;
}

int check_below(const std::vector<X509*>& chain, std::size_t place, NAME_CONSTRAINTS& limits) {
    for (std::size_t i = 0; i < place; ++i) {
        const auto names = dns_names(chain[i]);
        if (!std::all_of(names.begin(), names.end(), is_domain))
            return X509_V_ERR_UNSUPPORTED_NAME_SYNTAX;
        if (const int fault = NAME_CONSTRAINTS_check(chain[i], &limits); fault != X509_V_OK)
            return fault;
        if (covers_excluded(chain[i], limits.excludedSubtrees))
            return X509_V_ERR_EXCLUDED_VIOLATION;
    }
    return X509_V_OK;
}

} // namespace

int check_name_constraints(const std::vector<X509*>& chain) {
    for (std::size_t place = 0; place < chain.size(); ++place) {
        int critical = 0;
        const ConstraintsPtr limits(static_cast<NAME_CONSTRAINTS*>(
            X509_get_ext_d2i(chain[place], NID_name_constraints, &critical, nullptr)));
        if (!limits && critical == -1)
            continue;
        if (!limits || is_empty(*limits))
            return X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX;
        if (critical == 1 && !(has_only_known_kinds(limits->permittedSubtrees) &&
                               has_only_known_kinds(limits->excludedSubtrees)))
            return X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE;
        if (const int fault = check_below(chain, place, *limits); fault != X509_V_OK)
            return fault;
    }
    return X509_V_OK;
}

} // namespace leasehold::http
