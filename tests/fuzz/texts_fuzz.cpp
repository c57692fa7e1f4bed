// Small texts with a grammar of their own: times, durations, URLs, encodings, and what is shown.
#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/base/url.hpp"
#include "src/base/utf16.hpp"
#include "src/lease/identity/ini_section.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;

namespace {

void check_times(std::string_view text) {
    if (const auto time = parse_rfc3339(text); time && *time >= 0 && *time < 253'402'300'800)
        fuzz::require(parse_rfc3339(format_rfc3339(*time)) == time, "RFC 3339 there and back");
    if (const auto time = parse_http_date(text); time && *time >= 0)
        fuzz::require(parse_http_date(format_http_date(*time)) == time, "HTTP dates likewise");
    if (const auto duration = parse_duration(text)) {
        fuzz::require(duration->count() >= 0, "no duration is negative");
        fuzz::require(parse_duration(format_duration(*duration)) == duration, "durations likewise");
    }
}

void check_urls(std::string_view text) {
    const auto url = parse_url(text, {"http", "https", "socks5", "socks5h"}, "it", true);
    fuzz::require_safe(url);
    if (url) {
        const auto again = parse_url(url->text(), {url->scheme}, "it");
        fuzz::require(again.has_value() && again->text() == url->text() &&
                          again->origin() == url->origin() && again->path == url->path,
                      "a URL is read as it is written");
        fuzz::require(url->userinfo.empty() || url->text().find('@') == std::string::npos ||
                          url->path.find('@') != std::string::npos,
                      "and does not show a password");
    }
    const auto strict = parse_https_url(text, "it");
    fuzz::require_safe(strict);
    fuzz::require(!strict || strict->userinfo.empty(), "nor takes one where none may be");
    fuzz::require(percent_decoded(percent_encoded(text)) == text, "percent signs there and back");
    (void)is_ip_address(text);
}

void check_encodings(std::string_view text) {
    fuzz::require(base64_decode(base64_encode(text)) == text, "base64 there and back");
    fuzz::require(base64url_decode(base64url_encode(text)) == text, "base64url likewise");
    if (const auto bytes = base64url_decode(text))
        fuzz::require(base64url_encode(*bytes) == text, "one form of base64url");
    const TextEncoding encoding = encoding_of(text);
    if (const auto utf8 = to_utf8(text, encoding))
        fuzz::require(from_utf8(*utf8, encoding) == text, "UTF-16 likewise");
}

void check_shown(std::string_view text) {
    for (const std::string& shown : {hostile_text(text), quoted(text), visible_text(text)})
        fuzz::require(visible_text(shown) == shown, "made visible once is enough");
    fuzz::require(hostile_text(text).find('\n') == std::string::npos, "one line");
    fuzz::require(hostile_text(text, 16).size() <= 16 * 4 + 16, "and not a long one");
    const std::string word = shell_word(text);
    fuzz::require(visible_text(word) == word && word.find('\n') == std::string::npos,
                  "a word of a shell is one that can be shown");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    check_times(text);
    check_urls(text);
    check_encodings(text);
    check_shown(text);
    lease::identity::for_each_in_section(text, "default",
                                         [](std::string_view, std::string_view) {});
    return 0;
}
