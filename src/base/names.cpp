#include "src/base/names.hpp"

#include <algorithm>

namespace leasehold {
namespace {

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

} // namespace

bool is_profile_name(std::string_view name) {
    return !name.empty() && name.size() <= 63 && is_lower_or_digit(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-';
           });
}

bool is_variable_name(std::string_view name) {
    const auto letter = [](char c) {
        return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    return !name.empty() && name.size() <= 255 && letter(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_dns_label(std::string_view name) {
    return !name.empty() && name.size() <= 63 && is_lower_or_digit(name.front()) &&
           is_lower_or_digit(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
               return is_lower_or_digit(c) || c == '-';
           });
}

bool is_dns_subdomain(std::string_view name) {
    if (name.empty() || name.size() > 253)
        return false;
    while (true) {
        const std::size_t dot = name.find('.');
        const std::string_view label = name.substr(0, dot);
        // A subdomain's labels are not limited to 63 characters by Kubernetes.
        if (label.empty() || !is_lower_or_digit(label.front()) ||
            !is_lower_or_digit(label.back()) ||
            !std::all_of(label.begin(), label.end(),
                         [](char c) { return is_lower_or_digit(c) || c == '-'; }))
            return false;
        if (dot == std::string_view::npos)
            return true;
        name.remove_prefix(dot + 1);
    }
}

bool is_label_value(std::string_view value) {
    const auto is_end = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto is_inner = [&](char c) { return is_end(c) || c == '.' || c == '_' || c == '-'; };
    return value.empty() || (value.size() <= 63 && is_end(value.front()) && is_end(value.back()) &&
                             std::all_of(value.begin(), value.end(), is_inner));
}

bool is_label_key(std::string_view key) {
    const std::size_t slash = key.find('/');
    const std::string_view name = slash == std::string_view::npos ? key : key.substr(slash + 1);
    return !name.empty() && is_label_value(name) &&
           (slash == std::string_view::npos || is_dns_subdomain(key.substr(0, slash)));
}

bool is_bearer_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || is_lower_or_digit(c) ||
               std::string_view("-._~+/=").find(c) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

bool has_no_control_characters(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

} // namespace leasehold
