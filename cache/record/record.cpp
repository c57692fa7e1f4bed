#include "cache/record/record.hpp"

#include "cache/record/named_lines.hpp"
#include "src/base/digest.hpp"
#include "src/base/fd.hpp"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr std::string_view first_name = "leasehold-record";
constexpr std::int64_t format_version = 1;
// 9999-12-31T23:59:59Z; also far more than any boot or lease lasts.
constexpr std::int64_t latest_time = 253'402'300'799;

std::string encode_head(const Record& record) {
    const Lifetime& life = record.lifetime;
    std::string text;
    append_line(text, first_name, format_version);
    append_line(text, "machine", record.machine);
    append_line(text, "key", record.key_material);
    append_line(text, "issued-wall", life.issued_wall);
    append_line(text, "issued-boot", life.issued_boot);
    append_line(text, "boot-id", life.boot_id);
    append_line(text, "refresh-after", life.refresh_after.count());
    append_line(text, "serve-for", life.serve_for.count());
    append_line(text, "reported-for", life.reported_for.count());
    append_line(text, "ends-after", life.ends_after.count());
    append_line(text, "note", record.note);
    return text;
}

bool take_text(LineReader& reader, std::string_view name, std::string& to) {
    auto text = reader.text(name);
    if (text)
        to = *std::move(text);
    return text.has_value();
}

bool take_number(LineReader& reader, std::string_view name, std::int64_t& to) {
    const auto number = reader.number(name, latest_time);
    to = number.value_or(0);
    return number.has_value();
}

bool take_seconds(LineReader& reader, std::string_view name, Seconds& to) {
    std::int64_t count = 0;
    const bool taken = take_number(reader, name, count);
    to = Seconds(count);
    return taken;
}

bool take_lifetime(LineReader& reader, Lifetime& life) {
    return take_number(reader, "issued-wall", life.issued_wall) &&
           take_number(reader, "issued-boot", life.issued_boot) &&
           take_text(reader, "boot-id", life.boot_id) &&
           take_seconds(reader, "refresh-after", life.refresh_after) &&
           take_seconds(reader, "serve-for", life.serve_for) &&
           take_seconds(reader, "reported-for", life.reported_for) &&
           take_seconds(reader, "ends-after", life.ends_after) &&
           life.refresh_after <= life.serve_for && life.serve_for <= life.reported_for &&
           life.reported_for <= life.ends_after;
}

bool take_secret(LineReader& reader, std::string_view name, Secret& secret) {
    const auto raw = reader.raw(name);
    auto bytes = raw ? unescape(*raw) : std::nullopt;
    if (!bytes)
        return false;
    secret = Secret::take(*std::move(bytes));
    return true;
}

// A token, a pair, or both; of a record without a pair nothing is written about one.
bool take_credential(LineReader& reader, Record& record) {
    if (!take_secret(reader, "token", record.token))
        return false;
    if (reader.at_end())
        return !record.token.empty();
    KeyPair& pair = record.pair;
    return take_text(reader, "certificate", pair.certificate_pem) &&
           take_secret(reader, "private-key", pair.key_pem) && !pair.empty() &&
           !pair.key_pem.empty();
}

// The text before the checksum line, if that line is right and the last one.
std::optional<std::string_view> checked_body(std::string_view bytes) {
    constexpr std::size_t line = 7 + 64 + 1; // "sha256 ", the digest, "\n"
    if (bytes.size() > record_limit || bytes.size() < line)
        return std::nullopt;
    const std::string_view body = bytes.substr(0, bytes.size() - line);
    LineReader reader(bytes.substr(body.size()));
    if (reader.raw("sha256") != sha256_hex(body) || !reader.at_end())
        return std::nullopt;
    return body;
}

std::string read_machine_id() {
    const Fd file(::open("/etc/machine-id", O_RDONLY | O_CLOEXEC));
    std::array<char, 32> text{};
    const ssize_t count = file ? ::read(file.get(), text.data(), text.size()) : -1;
    return count == static_cast<ssize_t>(text.size()) ? std::string(text.data(), text.size()) : "";
}

} // namespace

Secret encode_record(const Record& record) {
    const std::string head = encode_head(record);
    const std::string_view token = record.token.reveal();
    const std::string_view certificate = record.pair.certificate_pem;
    const std::string_view key = record.pair.key_pem.reveal();
    std::string text;
    // One buffer from the start: a growing string would leave copies of the token behind.
    text.reserve(head.size() + line_size("token", token) + line_size("certificate", certificate) +
                 line_size("private-key", key) + 80);
    text += head;
    append_line(text, "token", token);
    if (!record.pair.empty()) {
        append_line(text, "certificate", certificate);
        append_line(text, "private-key", key);
    }
    append_line(text, "sha256", sha256_hex(text));
    return Secret::take(std::move(text));
}

std::optional<Record> decode_record(std::string_view bytes) {
    const auto body = checked_body(bytes);
    if (!body)
        return std::nullopt;
    LineReader reader(*body);
    Record record;
    const bool whole = reader.number(first_name, format_version) == format_version &&
                       take_text(reader, "machine", record.machine) &&
                       take_text(reader, "key", record.key_material) &&
                       take_lifetime(reader, record.lifetime) &&
                       take_text(reader, "note", record.note) && take_credential(reader, record) &&
                       reader.at_end();
    return whole ? std::optional(std::move(record)) : std::nullopt;
}

namespace {

std::string digest_of(const std::string& machine_id) {
    return sha256_hex("leasehold machine " + machine_id).substr(0, 16);
}

} // namespace

std::string machine_digest() {
    const std::string id = read_machine_id();
    return id.empty() ? id : digest_of(id);
}

std::string machine_identity() {
    return std::to_string(::geteuid()) + '-' + digest_of(read_machine_id());
}

} // namespace leasehold::cache
