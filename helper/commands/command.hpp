// What a command is: a row of the table, and what it is called with.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

class Assembly;
using Arguments = std::vector<std::string>;

// What a command is given. What its row does not ask for is empty.
struct Invocation {
    Process& process;
    Options& options;
    const Arguments& words; // behind the command's own
    OutputFormat format = OutputFormat::table;
    std::optional<lease::Profile> profile;
    std::optional<Deadline> deadline; // the profile's, with the watchdog behind it
    std::unique_ptr<Assembly> assembly;
};

enum class Needs {
    nothing,
    profile,  // that of NAME or --profile, and its deadline
    assembly, // also its stores and its provider; no profile then, the assembly has it
};

// Who may call a command.
enum class Callers {
    people,     // not a client by way of a kubeconfig
    clients,    // what a kubeconfig may make leasehold do (INP-2)
    background, // leasehold itself, detached
};

struct Command {
    std::string_view words; // "lease create"
    const char* usage;      // what follows them
    const char* about;      // one paragraph
    const char* summary;    // a line for the overview; "" for what is not for people
    Needs needs;
    Callers callers;
    void (*declare)(Options&); // null: what is not for people
    Result<int> (*run)(Invocation&);
    bool parses_itself = false; // its words; what it declares is for help and completion
};

[[nodiscard]] std::span<const Command> commands();

// Whether it is no command for people: no overview and no completion has it, and its words are its
// own, "help" included.
[[nodiscard]] constexpr bool is_hidden(const Command& command) {
    return *command.summary == '\0';
}

} // namespace leasehold::helper
