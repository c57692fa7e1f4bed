// All text for people is shaped here: errors and hints on stderr, tables, JSON and YAML on stdout.
#pragma once

#include "src/base/error.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// A "hint: ..." line for each line of the hint; one that begins with two spaces, or is "---",
// stands as it is, to be copied.
[[nodiscard]] std::string hint_text(std::string_view hint);
// "leasehold: error: MESSAGE" and its hint.
[[nodiscard]] std::string error_text(const Error& error);

enum class OutputFormat {
    table,
    json,
    yaml,
    own, // of the command alone: Options::text("output") says which
};

// Rows under a heading, columns aligned by display width of ASCII text. A column whose heading
// begins with '+' is left out on a narrow terminal, one with '-' everywhere else.
struct Table {
    std::vector<std::string> heading;
    std::vector<std::vector<std::string>> rows;
};

struct TableStyle {
    bool full = true;      // all there is to tell, however wide
    bool headers = true;   // the line with the names of the columns
    bool names = false;    // the first column only, without its heading
    std::size_t width = 0; // of the terminal, if it is not full: longer cells are cut; 0: any
};

[[nodiscard]] std::string to_table(const Table& table, const TableStyle& style = {});
// Of stdout, in characters; 0 if it is no terminal.
[[nodiscard]] std::size_t terminal_width();
// Indented by two, a line break at the end.
[[nodiscard]] std::string to_json(const boost::json::value& value);
// YAML with every text in double quotes that a YAML 1.1 reader could take for something else.
[[nodiscard]] std::string to_yaml(const boost::json::value& value);

} // namespace leasehold::helper
