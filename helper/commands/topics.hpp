// What `leasehold help TOPIC` tells: subjects that are no command's alone.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace leasehold::helper {

// A paragraph, or with a term what that means.
struct TopicLine {
    const char* term; // "" for a paragraph
    const char* text; // one line, which is wrapped
};

struct Topic {
    std::string_view name;
    const char* summary;
    std::array<const char*, 3> examples; // as of Options::examples
    std::span<const TopicLine> lines;
};

[[nodiscard]] std::span<const Topic> topics();
// Null if there is none of this name.
[[nodiscard]] const Topic* find_topic(std::string_view name);
// As wide as the terminal.
[[nodiscard]] std::string topic_text(const Topic& topic);
// A line for each.
[[nodiscard]] std::string topics_text();

} // namespace leasehold::helper
