// The options of one command: declared, parsed and explained in one place (Boost.Program_options,
// without its abbreviations and response files).
#pragma once

#include "helper/terminal/text.hpp"
#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

class Options {
public:
    // `command` is "lease create", `usage` what follows it, `about` one paragraph.
    Options(std::string command, std::string usage, std::string about);

    // Declares an option; `help` is a sentence without its period.
    Options& flag(const char* name, const char* help);
    Options& value(const char* name, const char* help);
    Options& values(const char* name, const char* help);
    // The positional arguments, in order; the last may take any number (`rest`).
    Options& positional(const char* name, int count = 1);
    // -o, --output table|json|yaml
    Options& output();

    // Parses. --help is a success after which help_wanted() is true. Errors have
    // ErrorCode::usage.
    [[nodiscard]] Result<void> parse(const std::vector<std::string>& arguments);
    [[nodiscard]] bool help_wanted() const { return help_; }
    [[nodiscard]] std::string help() const;

    [[nodiscard]] bool has(const char* name) const;
    [[nodiscard]] std::optional<std::string> text(const char* name) const;
    [[nodiscard]] std::vector<std::string> texts(const char* name) const;
    [[nodiscard]] Result<std::optional<Seconds>> duration(const char* name) const;
    // The value of an option or positional argument that must be there.
    [[nodiscard]] Result<std::string> required(const char* name) const;
    [[nodiscard]] Result<OutputFormat> format() const;
    [[nodiscard]] bool verbose() const { return has("verbose"); }

    // A usage error of this command, with the hint to see its help.
    [[nodiscard]] Error usage_error(std::string message, std::string hint = {}) const;

private:
    std::string command_;
    std::string usage_;
    std::string about_;
    boost::program_options::options_description visible_;
    boost::program_options::options_description hidden_;
    boost::program_options::positional_options_description positional_;
    boost::program_options::variables_map variables_;
    bool help_ = false;
};

} // namespace leasehold::helper
