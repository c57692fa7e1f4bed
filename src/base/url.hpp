// URLs as they may stand in profiles and kubeconfigs: few forms, strictly read.
#pragma once

#include "src/base/error.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold {

struct Url {
    std::string scheme; // lower case
    std::string host;   // lower case ASCII; an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::string path;     // "" or "/..."; no trailing slash
    std::string userinfo; // "user:password" of a proxy, percent-encoded as given; a secret

    [[nodiscard]] bool host_is_ipv6() const { return host.find(':') != std::string::npos; }
    // "host:port" with brackets where needed: the Host header and CONNECT target.
    [[nodiscard]] std::string authority() const;
    // scheme://host:port, the port always there: what a credential is bound to.
    [[nodiscard]] std::string origin() const;
    // The URL again, without userinfo and without a default port.
    [[nodiscard]] std::string text() const;
};

// Reads `text`, one of `schemes` and nothing else (http, https, socks5, socks5h are known).
// Refused: userinfo unless `userinfo_allowed`, queries, fragments, empty or non-ASCII hosts,
// percent signs in hosts, backslashes, white space and control characters, ports outside
// 1..65535, and paths with "." or ".." segments. `what` names the value in the error, which has
// ErrorCode::configuration.
[[nodiscard]] Result<Url> parse_url(std::string_view text,
                                    std::initializer_list<std::string_view> schemes,
                                    std::string_view what, bool userinfo_allowed = false);

// parse_url for https only, with a hint for http.
[[nodiscard]] Result<Url> parse_https_url(std::string_view text, std::string_view what);

// `text` with everything but unreserved characters (RFC 3986, section 2.3) percent-encoded.
[[nodiscard]] std::string percent_encoded(std::string_view text);
// The bytes that it stands for; empty if a percent sign is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

// True if `text` is an IPv4 or IPv6 address literal.
[[nodiscard]] bool is_ip_address(std::string_view text);

} // namespace leasehold
