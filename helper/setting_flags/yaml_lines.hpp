// Lines of YAML, indented; empty values leave no line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

class YamlLines {
public:
    void section(int indent, std::string_view key);
    void value(int indent, std::string_view key, std::string_view value);
    void values(int indent, std::string_view key, const std::vector<std::string>& values);
    // YAML of its own, line by line.
    void block(int indent, std::string_view key, std::string_view yaml);
    // A word that is no text: true.
    void word(int indent, std::string_view key, std::string_view word);
    void append(std::string_view lines) { text_ += lines; }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

} // namespace leasehold::helper
