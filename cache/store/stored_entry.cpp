#include "cache/store/stored_entry.hpp"

#include "cache/record/named_lines.hpp"

namespace leasehold::cache {
namespace {

constexpr std::string_view first_name = "leasehold-entry";
constexpr std::int64_t format_version = 1;
constexpr std::int64_t latest_time = 253'402'300'799; // 9999-12-31T23:59:59Z

} // namespace

Secret encode_entry(const StoredEntry& entry) {
    std::string text;
    text.reserve(entry.bytes.size() + 256); // a growing string would leave copies behind
    append_line(text, first_name, format_version);
    append_line(text, "key", entry.digest);
    append_line(text, "end", entry.end);
    text += entry.bytes.reveal();
    return Secret::take(std::move(text));
}

std::optional<StoredEntry> decode_entry(std::string_view text) {
    if (text.size() > stored_entry_limit)
        return std::nullopt;
    LineReader reader(text);
    const auto version = reader.number(first_name, format_version);
    auto digest = reader.text("key");
    const auto end = reader.number("end", latest_time);
    if (version != format_version || !digest || !is_key_digest(*digest) || !end || reader.at_end())
        return std::nullopt;
    return StoredEntry{*std::move(digest), *end, Secret(reader.rest())};
}

} // namespace leasehold::cache
