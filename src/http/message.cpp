#include "src/http/client.hpp"

#include <algorithm>
#include <stdexcept>

namespace leasehold::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool same_header_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool is_header_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

std::optional<std::string> Response::header(std::string_view name) const {
    for (const Header& header : headers)
        if (same_header_name(header.name, name))
            return header.value;
    return std::nullopt;
}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
    throw std::logic_error("a failure was taken for a value: " + failure.error.message);
}

} // namespace leasehold::http
