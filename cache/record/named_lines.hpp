// The form of our own small records: lines of "name value", names in a fixed order, values escaped
// to printable ASCII. Needs neither JSON nor locale, so that the static front can read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::cache {

// Adds "name value\n". Any byte may stand in the value: what is not printable ASCII, and the
// percent sign, becomes %XX.
void append_line(std::string& to, std::string_view name, std::string_view value);
void append_line(std::string& to, std::string_view name, std::int64_t value);

// How many bytes append_line would add: to reserve a buffer that never moves a secret.
[[nodiscard]] std::size_t line_size(std::string_view name, std::string_view value);

// Reads lines back, each only in the very form in which append_line writes it.
class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {}

    // The value of the next line as it stands, escapes included. Empty if the line has another
    // name or is not ended.
    [[nodiscard]] std::optional<std::string_view> raw(std::string_view name);
    [[nodiscard]] std::optional<std::string> text(std::string_view name);
    // Between 0 and `most`, without leading zeros.
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name, std::int64_t most);
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    // What has not been read yet.
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

// Undoes the escaping; empty if the text is not exactly what escaping makes of some bytes.
[[nodiscard]] std::optional<std::string> unescape(std::string_view text);

} // namespace leasehold::cache
