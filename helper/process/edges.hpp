// Where the process meets the world, as values built once in main.
#pragma once

#include "helper/process/directories.hpp"
#include "src/base/clock.hpp"
#include "src/base/environment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// What main has changed for us, and a program that is the user's own gets back.
struct Inheritance {
    unsigned file_mask = 077;
    bool ignores_broken_pipes = false;
};

struct Process {
    std::vector<std::string> arguments; // without the program's name
    Environment environment;
    Directories directories;
    const Clock& clock;
    std::string front;         // absolute path of the command that people and kubeconfigs call
    std::string libexec;       // directory of the full program and the Secret Service child
    bool detached = false;     // started by start_detached()
    Environment withheld = {}; // of a client's call: what its kubeconfig may have set
    Inheritance inherited = {};
    bool person = false; // one is at the terminal that is our stdin, and may be asked

    // Each writes all of `text`, to stdout and to stderr, with what a terminal would obey made
    // visible. What stdout could not take is remembered in output_failed.
    void print(std::string_view text);
    void complain(std::string_view text) const;
    // To stdout, these very bytes: secrets, files and our own colours.
    void print_bytes(std::string_view bytes);
    bool output_failed = false;
};

} // namespace leasehold::helper
