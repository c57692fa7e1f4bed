// The flags of a provider's rows of settings, and the YAML that they make.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/setting_flags/yaml_lines.hpp"
#include "helper/terminal/options.hpp"
#include "src/lease/settings/field.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// Refuses a path under which there will be something else, or nothing, when the profile is used.
[[nodiscard]] Result<void> check_lasting(const Options& options, const std::string& flag,
                                         const std::string& path);

// A path on the command line, from the directory that this process stands in.
[[nodiscard]] std::string absolute_path(const Process& process, const std::string& path);

// Declares the flag of each row that has one.
void declare_fields(Options& options, const std::vector<lease::FieldGroup>& groups);

// What a row's value may come from besides its flag and variables.
struct FieldSource {
    const Process& process;
    const Options& options;
    // Values by key, where neither the flag nor the row's variables are given.
    std::map<std::string_view, std::string> fallbacks = {};
    // Whether a row's variables count; all do if this is empty.
    std::function<bool(const lease::FieldFacts&)> takes_variables = {};
};

// The value of one row; "" for none.
[[nodiscard]] std::string field_value(const FieldSource& source, const lease::FieldFacts& facts);

// A usage error that names the flag, and the variable that would do as well.
[[nodiscard]] Error missing_field(const Options& options, const lease::FieldFacts& facts);

// Checks what can be said of a flag by itself: choices and URLs. Errors are usage errors that name
// the flag.
[[nodiscard]] Result<void> check_fields(const Options& options,
                                        const std::vector<lease::FieldGroup>& groups);

// Writes the rows of one section; a row that must be there and is not is a usage error.
[[nodiscard]] Result<void> write_fields(YamlLines& yaml, int indent, const lease::FieldGroup& group,
                                        const FieldSource& source);

} // namespace leasehold::helper
