#include "helper/run/command.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/process.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

// What execve() takes; it outlives the fork.
struct Block {
    explicit Block(std::vector<std::string> given) : texts(std::move(given)) {
        for (std::string& text : texts)
            pointers.push_back(text.data());
        pointers.push_back(nullptr);
    }
    std::vector<std::string> texts;
    std::vector<char*> pointers;
};

Block environment_block(const Process& process, const Environment::Variables& variables) {
    Environment::Variables all = process.environment.all();
    for (const auto& [name, value] : variables)
        all[name] = value;
    std::vector<std::string> entries;
    for (const auto& [name, value] : all)
        entries.push_back(name + '=' + value);
    return Block(std::move(entries));
}

bool has_terminal() {
    return static_cast<bool>(Fd(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)));
}

// As main found it.
void give_back(const Inheritance& inherited, const sigset_t& mask) {
    (void)std::signal(SIGPIPE, inherited.ignores_broken_pipes ? SIG_IGN : SIG_DFL);
    (void)std::signal(SIGXFSZ, SIG_DFL);
    (void)::umask(static_cast<mode_t>(inherited.file_mask));
    (void)::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

[[noreturn]] void run(const std::string& program, const Block& words, const Block& environment) {
    (void)::execvpe(program.c_str(), words.pointers.data(), environment.pointers.data());
    const int error = errno;
    write_if_possible(2, "leasehold: error: cannot run " + quoted(program) + ": " +
                             errno_text(error) + '\n');
    ::_exit(error == ENOENT ? command_not_found : command_not_runnable);
}

} // namespace

std::string find_command_program(const Process& process, const std::string& name) {
    if (name.find('/') != std::string::npos)
        return name;
    return find_program(name, process.environment.get("PATH").value_or("/usr/bin:/bin"));
}

Result<CommandProcess> CommandProcess::prepare(const Process& process, const std::string& program,
                                               const std::vector<std::string>& words,
                                               const Environment::Variables& variables,
                                               const sigset_t& mask) {
    const Block argv(words);
    const Block environment = environment_block(process, variables);
    const bool terminal = has_terminal();
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return of_this_machine(system_error(ErrorCode::internal, "cannot make a pipe", errno));
    Fd wait(ends[0]);
    Fd gate(ends[1]);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0)
        return of_this_machine(
            system_error(ErrorCode::internal, "cannot start another process", errno));
    if (child > 0) {
        if (!terminal)
            (void)::setpgid(child, child);
        return CommandProcess(child, std::move(gate), terminal);
    }
    gate.reset();
    if (!terminal)
        (void)::setpgid(0, 0);
    (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
    char go = 0;
    if (::getppid() != parent || ::read(wait.get(), &go, 1) != 1)
        ::_exit(0);
    give_back(process.inherited, mask);
    run(program, argv, environment);
}

void CommandProcess::start() {
    (void)!::write(gate_.get(), "g", 1);
    gate_.reset();
}

void CommandProcess::abandon() {
    if (!gate_)
        return;
    gate_.reset();
    (void)::waitpid(pid_, nullptr, 0);
}

void CommandProcess::signal(int number) const {
    (void)::kill(on_terminal_ ? pid_ : -pid_, number);
}

} // namespace leasehold::helper
