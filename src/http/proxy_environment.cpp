#include "src/http/proxy_environment.hpp"

#include "src/base/trim.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include <arpa/inet.h>

namespace leasehold::http {
namespace {

// An address in network order: 4 bytes, or 16. IPv4 inside IPv6 (::ffff:1.2.3.4) is IPv4.
using Address = std::string;

constexpr std::size_t ipv4_size = 4;
constexpr std::string_view mapped_prefix("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

// 4 or 16 bytes as they are written.
std::optional<Address> parse_written_address(std::string_view text) {
    const std::string copy(text);
    Address bytes(16, '\0');
    if (::inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1)
        return bytes;
    bytes.resize(ipv4_size);
    if (::inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1)
        return bytes;
    return std::nullopt;
}

Address without_mapping(Address address) {
    if (address.starts_with(mapped_prefix))
        address.erase(0, mapped_prefix.size());
    return address;
}

std::optional<Address> parse_address(std::string_view text) {
    auto address = parse_written_address(text);
    if (address)
        address = without_mapping(*std::move(address));
    return address;
}

bool is_loopback(const Address& address) {
    return address.size() == ipv4_size ? address[0] == 127 : address == Address(15, '\0') + '\1';
}

struct Range {
    Address network;
    unsigned bits = 0;

    [[nodiscard]] bool contains(const Address& address) const {
        if (address.size() != network.size())
            return false;
        const auto bit = [](const Address& bytes, unsigned i) {
            return (unsigned{static_cast<unsigned char>(bytes[i / 8])} >> (7U - i % 8U)) & 1U;
        };
        for (unsigned i = 0; i < bits; ++i)
            if (bit(address, i) != bit(network, i))
                return false;
        return true;
    }
};

std::optional<Range> parse_range(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    auto written = parse_written_address(text.substr(0, slash));
    const std::string_view digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (!written || error != std::errc() || end != digits.data() + digits.size() ||
        bits > written->size() * 8)
        return std::nullopt;
    constexpr unsigned mapped_bits = 96;
    if (bits >= mapped_bits && written->starts_with(mapped_prefix))
        return Range{without_mapping(*std::move(written)), bits - mapped_bits};
    return Range{*std::move(written), bits};
}

struct HostAndPort {
    std::string_view host;
    std::string_view port; // empty: any
};

// "host:port" and "[v6]:port" are taken apart; all else is a host as it stands.
HostAndPort split(std::string_view entry) {
    const HostAndPort whole{entry, {}};
    const std::size_t colon = entry.rfind(':');
    if (colon == std::string_view::npos)
        return whole;
    std::string_view host = entry.substr(0, colon);
    const std::string_view port = entry.substr(colon + 1);
    if (host.starts_with('[')) {
        if (!host.ends_with(']') || host.find(']') != host.size() - 1)
            return whole;
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return whole;
    }
    if (host.find_first_of("[]") != std::string_view::npos ||
        port.find_first_of("[]") != std::string_view::npos)
        return whole;
    return {host, port};
}

bool matches_name(std::string_view pattern, std::string_view host) {
    if (pattern.starts_with("*."))
        pattern.remove_prefix(1);
    if (pattern.starts_with('.'))
        return host.ends_with(pattern);
    return host == pattern || (host.ends_with(pattern) && host.size() > pattern.size() &&
                               host[host.size() - pattern.size() - 1] == '.');
}

bool entry_matches(std::string_view entry, std::string_view host,
                   const std::optional<Address>& address, const std::string& port) {
    if (entry == "*")
        return true;
    if (const auto range = parse_range(entry))
        return address && range->contains(*address);
    const HostAndPort parts = split(entry);
    if (parts.host.empty() || (!parts.port.empty() && parts.port != port))
        return false;
    if (const auto one = parse_address(parts.host))
        return address == one;
    return !address && matches_name(parts.host, host);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// The first of two spellings that is set to something.
struct Variable {
    std::string name;
    std::string value;
};

Variable either(const Environment& environment, const char* upper, const char* lower_case) {
    if (std::string value = environment.value(upper); !value.empty())
        return {upper, std::move(value)};
    return {lower_case, environment.value(lower_case)};
}

// Without a query or a fragment, which Go ignores.
std::string without_query(const std::string& proxy) {
    const std::size_t scheme = proxy.find("://");
    const std::string text = scheme == std::string::npos ? "http://" + proxy : proxy;
    return text.substr(0, text.find_first_of("?#"));
}

} // namespace

bool matches_no_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
    const auto address = parse_address(host);
    const std::string port_text = std::to_string(port);
    while (!no_proxy.empty()) {
        const std::string_view raw = no_proxy.substr(0, no_proxy.find(','));
        no_proxy.remove_prefix(std::min(raw.size() + 1, no_proxy.size()));
        const std::string entry = lower(trim(raw, " \t\n\v\f\r"));
        if (!entry.empty() && entry_matches(entry, host, address, port_text))
            return true;
    }
    return false;
}

Result<std::optional<Url>> proxy_from_environment(const Url& server,
                                                  const Environment& environment) {
    const Variable proxy = either(environment, "HTTPS_PROXY", "https_proxy");
    if (proxy.value.empty() || server.host == "localhost")
        return std::optional<Url>();
    if (const auto address = parse_address(server.host); address && is_loopback(*address))
        return std::optional<Url>();
    if (matches_no_proxy(either(environment, "NO_PROXY", "no_proxy").value, server.host,
                         server.port))
        return std::optional<Url>();
    auto url = parse_url(without_query(proxy.value), {"http", "https", "socks5", "socks5h"},
                         proxy.name, true);
    if (!url) // its message may show a part of a password that was not escaped
        return make_error(ErrorCode::configuration,
                          proxy.name + " in the environment is no URL of a proxy",
                          "it looks like http://proxy.example:3128 (or https, socks5, socks5h); in "
                          "a password, characters other than letters, digits and -._~ are %XX; "
                          "servers to reach without it stand in NO_PROXY");
    return std::optional<Url>(*std::move(url));
}

} // namespace leasehold::http
