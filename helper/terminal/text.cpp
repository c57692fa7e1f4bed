#include "helper/terminal/text.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/yaml_scalar.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

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

std::string error_text(const Error& error) {
    // Whatever they quote, they never move a cursor; the limit only stops what has none.
    std::string text = "leasehold: error: " + hostile_text(error.message, longest_line) + '\n';
    std::string_view hint = error.hint;
    while (!hint.empty()) {
        const std::string_view line = hint.substr(0, hint.find('\n'));
        text += "hint: " + hostile_text(line, longest_line) + '\n';
        hint.remove_prefix(std::min(line.size() + 1, hint.size()));
    }
    return text;
}

std::string to_table(const Table& given) {
    Table table = given;
    for (std::vector<std::string>& row : table.rows)
        for (std::string& cell : row)
            cell = hostile_text(cell, longest_line);
    std::vector<std::size_t> widths;
    const auto measure = [&](const std::vector<std::string>& row) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    };
    measure(table.heading);
    std::for_each(table.rows.begin(), table.rows.end(), measure);
    std::string out;
    const auto print = [&](const std::vector<std::string>& row) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
        out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    };
    print(table.heading);
    std::for_each(table.rows.begin(), table.rows.end(), print);
    return out;
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
