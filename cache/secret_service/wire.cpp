#include "cache/secret_service/wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace leasehold::cache {
namespace {

constexpr std::string_view request_tag = "leasehold-request 1";
constexpr std::string_view answer_tag = "leasehold-answer 1";

constexpr std::array<std::pair<StoreFault, std::string_view>, 6> fault_names{{
    {StoreFault::unavailable, "unavailable"},
    {StoreFault::locked, "locked"},
    {StoreFault::timed_out, "timed-out"},
    {StoreFault::full, "full"},
    {StoreFault::refused, "refused"},
    {StoreFault::failed, "failed"},
}};

std::string_view fault_name(std::optional<StoreFault> fault) {
    for (const auto& [value, name] : fault_names)
        if (fault == value)
            return name;
    return "done";
}

// False if the name is no outcome.
bool read_fault(std::string_view name, std::optional<StoreFault>& fault) {
    for (const auto& [value, known] : fault_names)
        if (name == known)
            fault = value;
    return fault || name == "done";
}

std::optional<std::size_t> read_number(std::string_view text) {
    std::size_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool one_form = text.size() == 1 || !text.starts_with('0');
    return error == std::errc() && stop == end && one_form && value <= wire_limit
               ? std::optional(value)
               : std::nullopt;
}

Secret join(const std::vector<std::string_view>& parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts)
        size += part.size() + 24;
    std::string text;
    text.reserve(size); // a growing string would leave copies of secrets behind
    for (const std::string_view part : parts)
        text.append(std::to_string(part.size())).append(":").append(part).append(",");
    return Secret::take(std::move(text));
}

std::optional<std::vector<std::string_view>> split(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos)
            return std::nullopt;
        const auto size = read_number(text.substr(0, colon));
        text.remove_prefix(colon + 1);
        if (!size || text.size() <= *size || text[*size] != ',')
            return std::nullopt;
        parts.push_back(text.substr(0, *size));
        text.remove_prefix(*size + 1);
    }
    return parts;
}

} // namespace

Secret encode_request(const SecretServiceRequest& request) {
    return join({request_tag, request.operation, request.digest, request.bytes.reveal()});
}

std::optional<SecretServiceRequest> decode_request(std::string_view text) {
    const auto parts = split(text);
    if (!parts || parts->size() != 4 || (*parts)[0] != request_tag)
        return std::nullopt;
    return SecretServiceRequest{std::string((*parts)[1]), std::string((*parts)[2]),
                                Secret((*parts)[3])};
}

Secret encode_answer(const SecretServiceAnswer& answer) {
    const std::string count = std::to_string(answer.count);
    std::vector<std::string_view> parts{answer_tag, fault_name(answer.fault), answer.message,
                                        count};
    for (const Secret& entry : answer.entries)
        parts.push_back(entry.reveal());
    return join(parts);
}

std::optional<SecretServiceAnswer> decode_answer(std::string_view text) {
    const auto parts = split(text);
    if (!parts || parts->size() < 4 || (*parts)[0] != answer_tag)
        return std::nullopt;
    SecretServiceAnswer answer;
    const auto count = read_number((*parts)[3]);
    if (!read_fault((*parts)[1], answer.fault) || !count)
        return std::nullopt;
    answer.message = (*parts)[2];
    answer.count = *count;
    std::for_each(parts->begin() + 4, parts->end(),
                  [&](std::string_view entry) { answer.entries.emplace_back(entry); });
    return answer;
}

} // namespace leasehold::cache
