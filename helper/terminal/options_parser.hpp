// What Options is inside: Boost.Program_options, which nobody else sees.
#pragma once

#include "helper/terminal/options.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>

namespace leasehold::helper {

struct Options::Parser {
    // Options under one heading.
    struct Group {
        std::string heading;
        std::string option; // shown only where this option has
        std::string choice; // this value; or without it, if
        bool by_default = true;
        boost::program_options::options_description options;
    };

    std::string command;
    std::string usage;
    std::string about;
    std::vector<std::string> examples;
    std::vector<Group> groups;
    boost::program_options::options_description hidden;
    boost::program_options::positional_options_description positional;
    boost::program_options::variables_map variables;
    std::vector<Declared> declared;
    std::vector<Positional> positionals;
    std::vector<std::string> words; // as given
    std::string command_name;       // of another command behind "--"; "" if there may be none
    std::vector<std::string> command_words;
    std::vector<std::string> formats; // of --output
    bool help = false;

    boost::program_options::options_description_easy_init add() {
        return groups.back().options.add_options();
    }
    // Whether help shows this group for the words that were given.
    [[nodiscard]] bool is_shown(const Group& group) const;
};

} // namespace leasehold::helper
