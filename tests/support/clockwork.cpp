// Runs a program, and all that it starts, by another clock:
//
//     clockwork REALTIME BOOTTIME -- PROGRAM ARGUMENT…
//
// Both are seconds added to what CLOCK_REALTIME and CLOCK_BOOTTIME say. libfaketime replaces
// functions of a shared C library, which neither kubectl (Go) nor the front program (static) calls,
// so this changes what the system calls answer, by ptrace, and hides the vDSO, which would answer
// without one. CLOCK_MONOTONIC, timers and what the kernel does by itself keep their time.
// Exits with the program's status, with 99 where ptrace or seccomp is not to be had.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <set>
#include <string_view>

#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int not_to_be_had = 99;
constexpr unsigned event_shift = 16;

struct Shift {
    long realtime = 0;
    long boottime = 0;
};

std::uint64_t peek(pid_t process, std::uint64_t address) {
    return static_cast<std::uint64_t>(::ptrace(PTRACE_PEEKDATA, process, address, nullptr));
}

void poke(pid_t process, std::uint64_t address, std::uint64_t value) {
    if (::ptrace(PTRACE_POKEDATA, process, address, value) != 0)
        std::perror("clockwork: cannot write to the program's memory");
}

// Past the arguments and the environment lies what the kernel tells the program (getauxval(3)).
void hide_vdso(pid_t process) {
    user_regs_struct registers{};
    (void)::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
    std::uint64_t at = registers.rsp + (peek(process, registers.rsp) + 2) * 8;
    while (peek(process, at) != 0)
        at += 8;
    for (at += 8; peek(process, at) != AT_NULL; at += 16)
        if (peek(process, at) == AT_SYSINFO_EHDR)
            poke(process, at, AT_IGNORE);
}

// At the end of a clock's system call.
void shift_answer(pid_t process, const Shift& shift) {
    user_regs_struct registers{};
    (void)::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
    if (static_cast<std::int64_t>(registers.rax) < 0)
        return;
    std::uint64_t answer = registers.rsi;
    long by = shift.realtime;
    if (registers.orig_rax == SYS_clock_gettime)
        by = registers.rdi == CLOCK_BOOTTIME ? shift.boottime : shift.realtime;
    else
        answer = registers.rdi; // gettimeofday, time
    if (answer != 0)
        poke(process, answer, peek(process, answer) + static_cast<std::uint64_t>(by));
    if (registers.orig_rax == SYS_time) {
        registers.rax += static_cast<std::uint64_t>(by);
        (void)::ptrace(PTRACE_SETREGS, process, nullptr, &registers);
    }
}

// Only the clocks in question stop: Go asks CLOCK_MONOTONIC all the time.
bool trace_clocks() {
    constexpr auto call = offsetof(seccomp_data, nr);
    constexpr auto clock = offsetof(seccomp_data, args);
    std::array<sock_filter, 10> code{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, call),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_gettimeofday, 7, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_time, 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, clock),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME_COARSE, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_BOOTTIME, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
    }};
    const sock_fprog program{code.size(), code.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

[[noreturn]] void become(char** argv) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
        ::_exit(not_to_be_had);
    (void)::raise(SIGSTOP);
    if (!trace_clocks())
        ::_exit(not_to_be_had);
    (void)::execvp(*argv, argv);
    std::perror(*argv);
    ::_exit(127);
}

// What a stopped process goes on with.
struct Resume {
    decltype(PTRACE_CONT) how = PTRACE_CONT;
    int signal = 0;
};

Resume look_at(pid_t process, int status, bool known, const Shift& shift) {
    switch (static_cast<unsigned>(status) >> event_shift) {
    case PTRACE_EVENT_EXEC:
        hide_vdso(process);
        return {};
    case PTRACE_EVENT_SECCOMP:
        return {PTRACE_SYSCALL, 0}; // until it is answered
    case 0:
        break;
    default:
        return {};
    }
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
        shift_answer(process, shift);
        return {};
    }
    // Every new process begins with a stop that nobody sent.
    return {PTRACE_CONT, known || WSTOPSIG(status) != SIGSTOP ? WSTOPSIG(status) : 0};
}

int run(pid_t first, const Shift& shift) {
    int result = not_to_be_had;
    std::set<pid_t> known;
    while (true) {
        int status = 0;
        const pid_t process = ::waitpid(-1, &status, __WALL);
        if (process < 0)
            return result;
        if (!WIFSTOPPED(status)) {
            known.erase(process);
            if (process == first)
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        const bool is_new = known.insert(process).second;
        if (is_new && process == first)
            (void)::ptrace(PTRACE_SETOPTIONS, process, nullptr,
                           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC |
                               PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                               PTRACE_O_EXITKILL);
        const Resume resume = look_at(process, status, !is_new, shift);
        (void)::ptrace(resume.how, process, nullptr, resume.signal);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5 || std::string_view(argv[3]) != "--") {
        (void)std::fputs("usage: clockwork REALTIME BOOTTIME -- PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    const Shift shift{std::strtol(argv[1], nullptr, 10), std::strtol(argv[2], nullptr, 10)};
    const pid_t child = ::fork();
    if (child == 0)
        become(argv + 4);
    return child < 0 ? not_to_be_had : run(child, shift);
}
