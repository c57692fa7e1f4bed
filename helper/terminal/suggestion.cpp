#include "helper/terminal/suggestion.hpp"

#include <algorithm>
#include <utility>

namespace leasehold::helper {
namespace {

// Damerau and Levenshtein's distance, the last two rows of whose table are kept.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before;
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + other});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(above, row);
    }
    return above[b.size()];
}

} // namespace

std::string closest(std::string_view given, const std::vector<std::string>& words) {
    constexpr std::size_t longest = 80; // nobody mistypes more, and the time grows with it
    constexpr std::size_t most = 2;
    std::string best;
    std::size_t best_distance = most + 1;
    for (const std::string& word : words) {
        if (given.size() > longest || word.size() > longest)
            continue;
        const std::size_t edits = distance(given, word);
        if (edits < best_distance && edits * 2 < word.size()) {
            best = word;
            best_distance = edits;
        }
    }
    return best;
}

} // namespace leasehold::helper
