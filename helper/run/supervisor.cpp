#include "helper/run/supervisor.hpp"

#include "helper/run/abandoned.hpp"
#include "helper/run/keeper.hpp"
#include "helper/run/telling.hpp"
#include "helper/run/worker.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr std::array ending_signals{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
constexpr std::array other_signals{SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGCONT};

bool ends_us(int signal) {
    return std::find(ending_signals.begin(), ending_signals.end(), signal) != ending_signals.end();
}

// What the keyboard sends reaches the command by itself, which shares our process group then.
bool is_of_keyboard(const siginfo_t& info) {
    return info.si_code > 0 &&
           (info.si_signo == SIGINT || info.si_signo == SIGQUIT || info.si_signo == SIGTSTP);
}

int exit_code(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// A keeper that was killed or gave up is replaced, but not at once for ever.
constexpr timespec before_next_keeper{5, 0};
constexpr timespec for_keepers_to_end{7, 0};

class Supervisor {
public:
    Supervisor(const Process& process, RunFiles& run, CommandProcess& command,
               const RunSignals& signals, const RunLeasing& how, std::vector<std::string> names)
        : process_(process), run_(run), command_(command), signals_(signals), how_(how),
          names_(std::move(names)) {}

    int run() {
        abandoned_ = wipe_abandoned_runs(process_);
        lease_all();
        if (!outcome_) {
            // From its first step on the command may be what kills us.
            start_keepers();
            command_.start();
            attend();
        }
        clear_away();
        return outcome_.value_or(static_cast<int>(ErrorCode::internal));
    }

private:
    // One signal, or 0 after `time`.
    int next(siginfo_t& info, const timespec* time) const {
        while (true) {
            const int got = time == nullptr ? ::sigwaitinfo(&signals_.ours(), &info)
                                            : ::sigtimedwait(&signals_.ours(), &info, time);
            if (got > 0)
                return got;
            if (errno != EINTR)
                return 0;
        }
    }

    pid_t start(Bond bond, int kept, const std::function<int()>& work) {
        return start_worker(bond, signals_.before(), kept, work);
    }

    int no_process() const {
        process_.complain("leasehold: error: cannot start another process: " + errno_text(errno) +
                          '\n');
        return static_cast<int>(ErrorCode::internal);
    }

    // Every lease, at once; the first that fails decides.
    void lease_all() {
        std::map<pid_t, std::string> leasing;
        for (const std::string& name : names_) {
            const pid_t pid = start(Bond::dies_with_us, -1,
                                    [&] { return lease_first(process_, run_, name, how_); });
            if (pid > 0)
                leasing.emplace(pid, name);
            else
                outcome_ = no_process();
        }
        while (!leasing.empty()) {
            siginfo_t info{};
            const int signal = next(info, nullptr);
            if (ends_us(signal)) {
                outcome_ = 128 + signal;
                for (const auto& [pid, name] : leasing)
                    (void)::kill(pid, SIGTERM);
            }
            reap([&](pid_t pid, int status) {
                if (leasing.erase(pid) != 0 && status != 0 && !outcome_)
                    outcome_ = exit_code(status);
                if (pid == command_.pid() && !outcome_)
                    outcome_ = exit_code(status);
            });
        }
    }

    template <class Take>
    void reap(Take take) {
        int status = 0;
        while (true) {
            const pid_t pid = ::waitpid(-1, &status, WNOHANG | WUNTRACED);
            if (pid <= 0)
                return;
            if (WIFSTOPPED(status)) {
                if (pid == command_.pid())
                    stopped_ = true;
            } else {
                take(pid, status);
            }
        }
    }

    void start_keepers() {
        for (const std::string& name : names_)
            if (std::none_of(keepers_.begin(), keepers_.end(),
                             [&](const auto& keeper) { return keeper.second == name; }))
                start_keeper(name);
    }

    void start_keeper(const std::string& name) {
        if (!lifeline_) {
            int ends[2];
            if (::pipe2(ends, O_CLOEXEC) != 0)
                return;
            lifeline_ = Fd(ends[0]);
            our_end_ = Fd(ends[1]);
        }
        const pid_t pid = start(Bond::outlives_us, lifeline_.get(), [&] {
            auto run = RunFiles::find(process_, run_.id());
            return run ? keep_fresh(process_, *std::move(run), name, how_, lifeline_.get()) : 0;
        });
        if (pid > 0)
            keepers_.emplace(pid, name);
    }

    // While the command runs.
    void attend() {
        if (abandoned_)
            cleaner_ = start(Bond::dies_with_us, -1, [&] { return end_abandoned_runs(process_); });
        while (!outcome_) {
            const bool lacking = keepers_.size() < names_.size();
            siginfo_t info{};
            const int signal = next(info, lacking ? &before_next_keeper : nullptr);
            if (signal == 0)
                start_keepers();
            else if (signal != SIGCHLD && !is_of_keyboard(info))
                command_.signal(signal);
            reap([&](pid_t pid, int status) {
                forget(pid);
                if (pid == command_.pid())
                    outcome_ = exit_code(status);
            });
            if (std::exchange(stopped_, false) && command_.on_terminal())
                stop_too();
        }
    }

    void forget(pid_t pid) {
        keepers_.erase(pid);
        if (pid == cleaner_)
            cleaner_ = -1;
    }

    // The shell that waits for us gets its terminal back, as if the command were its own.
    void stop_too() const {
        (void)::kill(::getpid(), SIGSTOP);
        command_.signal(SIGCONT);
    }

    void end_keepers() {
        int signal = SIGTERM;
        while (!keepers_.empty() || cleaner_ > 0) {
            for (const auto& [pid, name] : keepers_)
                (void)::kill(pid, signal);
            if (cleaner_ > 0)
                (void)::kill(cleaner_, signal);
            siginfo_t info{};
            if (next(info, &for_keepers_to_end) == 0)
                signal = SIGKILL;
            reap([&](pid_t pid, int) { forget(pid); });
        }
    }

    void clear_away() {
        command_.abandon();
        end_keepers();
        run_.remove_secrets();
        std::map<pid_t, std::string> ending;
        bool all_ended = true;
        for (const std::string& name : names_)
            if (!run_.leases(name).empty()) {
                const pid_t pid = start(Bond::outlives_us, -1, [&] {
                    return end_last(process_, run_, name, how_.verbose);
                });
                if (pid > 0)
                    ending.emplace(pid, name);
                else
                    all_ended = no_process() == 0;
            }
        int asked = 0;
        while (!ending.empty()) {
            siginfo_t info{};
            if (ends_us(next(info, nullptr)) && ++asked == 2)
                for (const auto& [pid, name] : ending)
                    (void)::kill(pid, SIGTERM);
            reap([&](pid_t pid, int status) {
                if (ending.erase(pid) != 0)
                    all_ended = all_ended && status == 0;
            });
        }
        if (all_ended)
            run_.remove();
    }

    const Process& process_;
    RunFiles& run_;
    CommandProcess& command_;
    const RunSignals& signals_;
    const RunLeasing& how_;
    std::vector<std::string> names_;
    std::map<pid_t, std::string> keepers_;
    pid_t cleaner_ = -1; // ends the leases of runs that were killed
    Fd lifeline_;        // what keepers watch: its other end goes with us
    Fd our_end_;
    bool abandoned_ = false; // there are runs whose process was killed
    bool stopped_ = false;
    std::optional<int> outcome_;
};

} // namespace

RunSignals::RunSignals() {
    // A parent may have left it ignored; then nobody could be waited for.
    (void)std::signal(SIGCHLD, SIG_DFL);
    (void)::sigemptyset(&ours_);
    (void)::sigaddset(&ours_, SIGCHLD);
    for (const int signal : ending_signals)
        (void)::sigaddset(&ours_, signal);
    for (const int signal : other_signals)
        (void)::sigaddset(&ours_, signal);
    (void)::sigprocmask(SIG_BLOCK, &ours_, &before_);
}

RunSignals::~RunSignals() {
    (void)::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Result<int> supervise(const Process& process, RunFiles& run, CommandProcess& command,
                      const RunSignals& signals, const RunLeasing& how) {
    auto names = run.profiles();
    if (!names) {
        run.remove(); // nothing was leased
        return std::move(names).error();
    }
    return Supervisor(process, run, command, signals, how, *std::move(names)).run();
}

} // namespace leasehold::helper
