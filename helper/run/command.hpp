// The command that `leasehold exec` runs, as a process. It is forked before anything secret is in
// memory and before leasehold gives up what setuid programs would need, and waits for its start:
// so it gets signals, masks, limits and rights as the shell would have given them.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/error.hpp"
#include "src/base/fd.hpp"

#include <csignal>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leasehold::helper {

// Exit codes of shells, env(1) and timeout(1).
inline constexpr int command_not_runnable = 126;
inline constexpr int command_not_found = 127;

// The path of the program that the words name, by PATH; "" if there is none.
[[nodiscard]] std::string find_command_program(const Process& process, const std::string& name);

class CommandProcess {
public:
    // Forks. `program` is a path, `words` its argv, `variables` are set on top of the environment;
    // `mask` is the signal mask that it gets. It ends when this process does.
    [[nodiscard]] static Result<CommandProcess> prepare(const Process& process,
                                                        const std::string& program,
                                                        const std::vector<std::string>& words,
                                                        const Environment::Variables& variables,
                                                        const sigset_t& mask);

    // Lets it run.
    void start();
    // If it was not started: ends it quietly.
    void abandon();

    [[nodiscard]] pid_t pid() const { return pid_; }
    // On a terminal it shares our process group, so that job control and the keyboard's signals
    // reach it as ever; elsewhere it leads one of its own, which gets every signal once.
    [[nodiscard]] bool on_terminal() const { return on_terminal_; }
    void signal(int number) const;

private:
    CommandProcess(pid_t pid, Fd gate, bool on_terminal)
        : pid_(pid), gate_(std::move(gate)), on_terminal_(on_terminal) {}

    pid_t pid_;
    Fd gate_;
    bool on_terminal_;
};

} // namespace leasehold::helper
