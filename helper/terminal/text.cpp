#include "helper/terminal/text.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/yaml_scalar.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <numeric>

#include <sys/ioctl.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_line = 16 * 1024;

void append_json(std::string& out, const json::value& value, std::size_t indent) {
    const std::string pad(indent + 2, ' ');
    if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
        out += "{\n";
        for (std::size_t i = 0; const auto& [name, member] : *object) {
            out += pad + json_quote(name) + ": ";
            append_json(out, member, indent + 2);
            out += ++i < object->size() ? ",\n" : "\n";
        }
        out += std::string(indent, ' ') + '}';
    } else if (const json::array* array = value.if_array(); array != nullptr && !array->empty()) {
        out += "[\n";
        for (std::size_t i = 0; const json::value& item : *array) {
            out += pad;
            append_json(out, item, indent + 2);
            out += ++i < array->size() ? ",\n" : "\n";
        }
        out += std::string(indent, ' ') + ']';
    } else {
        out += json::serialize(value);
    }
}

bool is_collection(const json::value& value) {
    return (value.is_object() && !value.get_object().empty()) ||
           (value.is_array() && !value.get_array().empty());
}

void append_yaml(std::string& out, const json::value& value, std::size_t indent);

void append_yaml_object(std::string& out, const json::object& object, std::size_t indent) {
    bool first = true;
    for (const auto& [name, member] : object) {
        if (!std::exchange(first, false))
            out += std::string(indent, ' ');
        out += yaml_scalar(name) + ':';
        if (!is_collection(member)) {
            out += ' ';
            append_yaml(out, member, indent);
        } else if (member.is_array()) {
            out += '\n' + std::string(indent, ' ');
            append_yaml(out, member, indent);
        } else {
            out += '\n' + std::string(indent + 2, ' ');
            append_yaml(out, member, indent + 2);
        }
    }
}

void append_yaml(std::string& out, const json::value& value, std::size_t indent) {
    if (value.is_object() && is_collection(value)) {
        append_yaml_object(out, value.get_object(), indent);
    } else if (value.is_array() && is_collection(value)) {
        bool first = true;
        for (const json::value& item : value.get_array()) {
            if (!std::exchange(first, false))
                out += std::string(indent, ' ');
            out += "- ";
            append_yaml(out, item, indent + 2);
        }
    } else if (value.is_string()) {
        out += yaml_scalar(std::string_view(value.get_string())) + '\n';
    } else {
        out += json::serialize(value) + '\n';
    }
}

} // namespace

std::string hint_text(std::string_view hint) {
    std::string text;
    while (!hint.empty()) {
        const std::string_view line = hint.substr(0, hint.find('\n'));
        // What is to be copied stands alone.
        text += (line.starts_with("  ") || line == "---" ? "" : "hint: ") +
                hostile_text(line, longest_line) + '\n';
        hint.remove_prefix(std::min(line.size() + 1, hint.size()));
    }
    return text;
}

std::string error_text(const Error& error) {
    // Whatever they quote, they never move a cursor; the limit only stops what has none.
    return "leasehold: error: " + hostile_text(error.message, longest_line) + '\n' +
           hint_text(error.hint);
}

namespace {

using Row = std::vector<std::string>;

// The columns that the style shows, their headings without marks.
Table shown(const Table& given, const TableStyle& style) {
    std::vector<std::size_t> columns;
    Table table;
    for (std::size_t i = 0; i < given.heading.size(); ++i) {
        const std::string& heading = given.heading[i];
        const char mark = heading.empty() ? ' ' : heading.front();
        const bool hidden = style.names ? i != 0 : mark == (style.full ? '-' : '+');
        if (hidden)
            continue;
        columns.push_back(i);
        table.heading.push_back(heading.substr(mark == '+' || mark == '-' ? 1 : 0));
    }
    for (const Row& row : given.rows) {
        Row cells;
        for (const std::size_t i : columns)
            if (i < row.size())
                cells.push_back(hostile_text(row[i], longest_line));
        table.rows.push_back(std::move(cells));
    }
    return table;
}

// The widest column gives way until all fit, or nothing is left to give.
void fit(std::vector<std::size_t>& widths, std::size_t width) {
    constexpr std::size_t narrowest = 8;
    constexpr std::size_t gap = 2;
    while (width != 0 && !widths.empty()) {
        const std::size_t all =
            std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
        const auto widest = std::max_element(widths.begin(), widths.end());
        if (all <= width || *widest <= narrowest)
            return;
        *widest -= std::min(all - width, *widest - narrowest);
    }
}

std::string cut(const std::string& cell, std::size_t width) {
    return cell.size() <= width ? cell : cell.substr(0, width - 3) + "...";
}

} // namespace

std::string to_table(const Table& given, const TableStyle& style) {
    const Table table = shown(given, style);
    std::vector<std::size_t> widths;
    const auto measure = [&](const Row& row) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    };
    const bool headers = style.headers && !style.names;
    if (headers)
        measure(table.heading);
    std::for_each(table.rows.begin(), table.rows.end(), measure);
    if (!style.full && !style.names)
        fit(widths, style.width);
    std::string out;
    const auto print = [&](const Row& row) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string cell = cut(row[i], widths[i]);
            line += cell + std::string(widths[i] - cell.size() + 2, ' ');
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    };
    if (headers)
        print(table.heading);
    std::for_each(table.rows.begin(), table.rows.end(), print);
    return out;
}

std::size_t terminal_width() {
    constexpr std::size_t usual = 80;
    winsize size{};
    if (::isatty(1) != 1)
        return 0;
    return ::ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : usual;
}

std::string to_json(const json::value& value) {
    std::string out;
    append_json(out, value, 0);
    return json_made_visible(out) + '\n';
}

std::string to_yaml(const json::value& value) {
    std::string out;
    append_yaml(out, value, 0);
    return out;
}

} // namespace leasehold::helper
