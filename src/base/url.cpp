#include "src/base/url.hpp"

#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace leasehold {
namespace {

std::uint16_t default_port(std::string_view scheme) {
    if (scheme == "https")
        return 443;
    return scheme == "http" ? 80 : 1080;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_ipv6(std::string_view text) {
    in6_addr address;
    return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
    // A trailing dot names the same host in DNS but not in certificates: one spelling only.
    return !host.empty() && host.size() <= 253 && host.front() != '.' && host.back() != '.' &&
           host.find("..") == std::string_view::npos &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                      c == '_';
           });
}

// A host of digits and dots that is no IPv4 address (1.2.3, 0x7f.1) is read by libc as one.
bool looks_like_ipv4(std::string_view host) {
    const std::size_t dot = host.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
    return !last.empty() && last.front() >= '0' && last.front() <= '9';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(port);
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const std::string_view segment = path.substr(0, path.find('/'));
        const std::string plain = lower(segment);
        if (plain == "." || plain == ".." || plain.find("%2e") != std::string::npos ||
            plain.find("%2f") != std::string::npos)
            return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

bool is_url_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>' &&
               c != '^' && c != '`' && c != '{' && c != '}' && c != '|';
    });
}

// Splits "host", "host:port" or "[v6]:port"; empty on a bad host or port.
bool parse_authority(std::string_view authority, Url& url) {
    std::string_view host = authority;
    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos || !is_ipv6(authority.substr(1, bracket - 1)))
            return false;
        host = authority.substr(1, bracket - 1);
        const std::string_view rest = authority.substr(bracket + 1);
        has_port = !rest.empty();
        if (has_port && rest.front() != ':')
            return false;
        port = has_port ? rest.substr(1) : rest;
    } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon + 1);
        has_port = true;
    }
    url.host = lower(host);
    url.port = default_port(url.scheme);
    if (!authority.starts_with('[') &&
        (!is_host_name(url.host) || (looks_like_ipv4(url.host) && !is_ip_address(url.host))))
        return false;
    if (!has_port)
        return true;
    const auto number = parse_port(port);
    url.port = number.value_or(0);
    return number.has_value();
}

Error url_error(std::string_view what, std::string_view text, std::string_view why) {
    // A URL can carry a password in its userinfo: what stands before an @ is not shown.
    const std::size_t at = text.rfind('@');
    const std::string shown = at == std::string_view::npos
                                  ? quoted(text, 200)
                                  : quoted("..." + std::string(text.substr(at)), 200);
    return make_error(ErrorCode::configuration,
                      std::string(what) + ' ' + shown + ' ' + std::string(why));
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

} // namespace

std::string Url::authority() const {
    return (host_is_ipv6() ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string Url::origin() const {
    return scheme + "://" + authority();
}

std::string Url::text() const {
    const std::string name = host_is_ipv6() ? '[' + host + ']' : host;
    const bool usual = port == default_port(scheme);
    return scheme + "://" + name + (usual ? "" : ':' + std::to_string(port)) + path;
}

Result<Url> parse_url(std::string_view text, std::initializer_list<std::string_view> schemes,
                      std::string_view what, bool userinfo_allowed) {
    if (!is_url_text(text) || text.size() > 2048)
        return url_error(what, text, "holds characters that no URL may hold");
    const std::size_t separator = text.find("://");
    if (separator == std::string_view::npos)
        return url_error(what, text, "is not a URL with a scheme such as https://");
    Url url;
    url.scheme = lower(text.substr(0, separator));
    if (std::find(schemes.begin(), schemes.end(), url.scheme) == schemes.end())
        return url_error(what, text, "has a scheme that is not allowed here");
    std::string_view rest = text.substr(separator + 3);
    if (rest.find_first_of("?#") != std::string_view::npos)
        return url_error(what, text, "must not have a query or fragment");
    const std::size_t slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        if (!userinfo_allowed)
            return url_error(what, text, "must not hold a user name or password");
        url.userinfo = std::string(authority.substr(0, at));
        authority.remove_prefix(at + 1);
    }
    if (!parse_authority(authority, url))
        return url_error(what, text, "has no usable host and port");
    if (slash != std::string_view::npos)
        url.path = std::string(rest.substr(slash));
    while (!url.path.empty() && url.path.back() == '/')
        url.path.pop_back();
    if (has_dot_segment(url.path) || url.path.find("//") != std::string::npos)
        return url_error(what, text, "has a path with empty, \".\" or \"..\" segments");
    return url;
}

Result<Url> parse_https_url(std::string_view text, std::string_view what) {
    auto url = parse_url(text, {"https"}, what);
    if (!url && lower(text.substr(0, 7)) == "http://") {
        Error error = std::move(url).error();
        error.hint = "use https://: no credential is ever sent over plain HTTP";
        return error;
    }
    return url;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3)
            return std::nullopt;
        const auto high = hex_digit(text[i + 1]);
        const auto low = hex_digit(text[i + 2]);
        if (!high || !low)
            return std::nullopt;
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            out.push_back(c);
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

bool is_ip_address(std::string_view text) {
    in_addr address;
    return is_ipv6(text) || ::inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

} // namespace leasehold
