#include "kubeconfig/show/diff.hpp"

#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace leasehold::kubeconfig {
namespace {

using Lines = std::vector<std::string_view>;
using Signed = std::ptrdiff_t;

constexpr std::size_t lines_around = 3;
constexpr Signed most_changes = 4000; // beyond, everything in between counts as changed

// One line of the script that leads from the old text to the new one.
struct Step {
    char kind = ' '; // ' ', '-' or '+'
    std::string_view line;
};
using Steps = std::vector<Step>;

Lines split(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        const std::size_t length = newline == std::string_view::npos ? text.size() : newline + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

// E. Myers, "An O(ND) difference algorithm", 1986: the furthest reaching paths for 0, 1, 2, …
// changes, kept for the way back.
class Myers {
public:
    Myers(const Lines& old_lines, const Lines& new_lines)
        : old_(old_lines), new_(new_lines), n_(static_cast<Signed>(old_lines.size())),
          m_(static_cast<Signed>(new_lines.size())) {}

    Steps steps() {
        const Signed most = std::min(n_ + m_, most_changes);
        for (Signed d = 0; d <= most; ++d) {
            if (advance(d))
                return way_back(d);
        }
        return all_changed();
    }

private:
    // Of the paths with d changes, where the one on diagonal k ends in the old text. Kept per d,
    // so the index is k + d.
    Signed& reach(Signed d, Signed k) {
        return paths_[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + d)];
    }

    bool comes_down(Signed d, Signed k) {
        return k == -d || (k != d && reach(d - 1, k - 1) < reach(d - 1, k + 1));
    }

    Signed start(Signed d, Signed k) {
        if (d == 0)
            return 0;
        return comes_down(d, k) ? reach(d - 1, k + 1) : reach(d - 1, k - 1) + 1;
    }

    bool advance(Signed d) {
        paths_.emplace_back(static_cast<std::size_t>(2 * d + 1), 0);
        for (Signed k = -d; k <= d; k += 2) {
            Signed x = start(d, k);
            while (x < n_ && x - k < m_ && x - k >= 0 && at(old_, x) == at(new_, x - k))
                ++x;
            reach(d, k) = x;
            if (x >= n_ && x - k >= m_)
                return true;
        }
        return false;
    }

    Steps way_back(Signed d) {
        Steps steps;
        Signed k = n_ - m_;
        Signed x = n_;
        for (; d >= 0; --d) {
            const Signed from = start(d, k);
            for (; x > from; --x)
                steps.push_back({' ', at(old_, x - 1)});
            if (d == 0)
                break;
            if (comes_down(d, k)) {
                steps.push_back({'+', at(new_, x - k - 1)});
                ++k;
            } else {
                steps.push_back({'-', at(old_, x - 1)});
                --x;
                --k;
            }
        }
        std::reverse(steps.begin(), steps.end());
        return steps;
    }

    Steps all_changed() const {
        Steps steps;
        for (const std::string_view line : old_)
            steps.push_back({'-', line});
        for (const std::string_view line : new_)
            steps.push_back({'+', line});
        return steps;
    }

    static std::string_view at(const Lines& lines, Signed index) {
        return lines[static_cast<std::size_t>(index)];
    }

    const Lines& old_;
    const Lines& new_;
    Signed n_;
    Signed m_;
    std::vector<std::vector<Signed>> paths_;
};

// "12,3" as in a hunk's header; an empty range starts at the line before it.
std::string hunk_range(std::size_t before, std::size_t count) {
    const std::string first = std::to_string(count == 0 ? before : before + 1);
    return count == 1 ? first : first + ',' + std::to_string(count);
}

class HunkWriter {
public:
    explicit HunkWriter(const Steps& steps) : steps_(steps) {}

    std::string text() {
        std::string out;
        for (std::size_t at = 0; at < steps_.size();) {
            if (steps_[at].kind == ' ') {
                ++at;
                continue;
            }
            const std::size_t begin = at - std::min(at, lines_around);
            const std::size_t end = hunk_end(at);
            out += hunk(begin, end);
            at = end;
        }
        return out;
    }

private:
    // Past the context behind the last change that is no more than two contexts from the one
    // before it.
    std::size_t hunk_end(std::size_t change) const {
        std::size_t last = change;
        for (std::size_t at = change; at < steps_.size() && at - last <= 2 * lines_around; ++at) {
            if (steps_[at].kind != ' ')
                last = at;
        }
        return std::min(steps_.size(), last + 1 + lines_around);
    }

    std::size_t count(std::size_t begin, std::size_t end, char but) const {
        return static_cast<std::size_t>(std::count_if(
            steps_.begin() + static_cast<Signed>(begin), steps_.begin() + static_cast<Signed>(end),
            [but](const Step& step) { return step.kind != but; }));
    }

    std::string hunk(std::size_t begin, std::size_t end) const {
        std::string out = "@@ -" + hunk_range(count(0, begin, '+'), count(begin, end, '+')) + " +" +
                          hunk_range(count(0, begin, '-'), count(begin, end, '-')) + " @@\n";
        for (std::size_t at = begin; at < end; ++at) {
            out.push_back(steps_[at].kind);
            out += steps_[at].line;
            if (!steps_[at].line.ends_with('\n'))
                out += "\n\\ No newline at end of file\n";
        }
        return out;
    }

    const Steps& steps_;
};

} // namespace

std::string unified_diff(const std::string& old_text, const std::string& new_text,
                         std::string_view name) {
    if (old_text == new_text)
        return {};
    const std::string old_shown = redacted(old_text);
    const std::string new_shown = redacted(new_text);
    const Lines old_lines = split(old_shown);
    const Lines new_lines = split(new_shown);
    const Steps steps = Myers(old_lines, new_lines).steps();
    const std::string shown = hostile_text(name, 1024);
    return "--- " + shown + "\n+++ " + shown + " (new)\n" + HunkWriter(steps).text();
}

} // namespace leasehold::kubeconfig
