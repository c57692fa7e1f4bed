#include "src/http/pem.hpp"

#include "src/base/base64.hpp"

#include <openssl/err.h>

#include <optional>

namespace leasehold::http {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view any_end_mark = "-----END ";
constexpr std::string_view end_mark = "-----END CERTIFICATE-----";

std::size_t find_begin(std::string_view text, std::size_t from) {
    std::size_t at = text.find(begin_mark, from);
    while (at != std::string_view::npos && at != 0 && text[at - 1] != '\n')
        at = text.find(begin_mark, at + 1);
    return at;
}

std::optional<std::string> decode(std::string_view body) {
    std::string text;
    text.reserve(body.size());
    for (const char c : body)
        if (c != ' ' && c != '\t')
            text.push_back(c);
    return base64_decode(text);
}

} // namespace

std::vector<std::string> certificate_blocks(std::string_view text) {
    std::vector<std::string> blocks;
    std::size_t at = find_begin(text, 0);
    while (at != std::string_view::npos) {
        const std::size_t body = at + begin_mark.size();
        const std::size_t stop = text.find(any_end_mark, body);
        if (stop == std::string_view::npos)
            break;
        std::optional<std::string> bytes;
        if (text.substr(stop).starts_with(end_mark))
            bytes = decode(text.substr(body, stop - body));
        // A block without its end swallows the next one: look again right after its first line.
        at = find_begin(text, bytes ? stop + end_mark.size() : body);
        if (bytes)
            blocks.push_back(*std::move(bytes));
    }
    return blocks;
}

X509Ptr parse_certificate(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const auto* const end = at + der.size();
    X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    return at == end ? std::move(certificate) : nullptr;
}

} // namespace leasehold::http
