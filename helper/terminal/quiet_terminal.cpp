#include "helper/terminal/quiet_terminal.hpp"

#include "src/base/fd.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

// Echo is off while this lives, except between show() and hide().
class HiddenEcho {
public:
    explicit HiddenEcho(int fd) : fd_(fd), known_(::tcgetattr(fd, &before_) == 0) { hide(); }
    ~HiddenEcho() { show(); }
    HiddenEcho(const HiddenEcho&) = delete;
    HiddenEcho& operator=(const HiddenEcho&) = delete;

    void hide() {
        if (!known_)
            return;
        termios quiet = before_;
        quiet.c_lflag &= static_cast<tcflag_t>(~ECHO);
        (void)::tcsetattr(fd_, TCSAFLUSH, &quiet);
    }
    void show() {
        if (known_)
            (void)::tcsetattr(fd_, TCSAFLUSH, &before_);
    }

private:
    int fd_;
    termios before_{};
    bool known_;
};

// Blocks the signals that would leave the terminal without its echo, and tells of them.
class HeldSignals {
public:
    HeldSignals() {
        (void)::sigemptyset(&held_);
        for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
            struct sigaction action {};
            if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN)
                (void)::sigaddset(&held_, number);
        }
        (void)::sigaddset(&held_, SIGCONT);
        (void)::pthread_sigmask(SIG_BLOCK, &held_, &before_);
        fd_ = Fd(::signalfd(-1, &held_, SFD_CLOEXEC | SFD_NONBLOCK));
    }
    ~HeldSignals() { (void)::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;

    [[nodiscard]] int fd() const { return fd_.get(); }
    // The number of one that came; 0 if none did.
    [[nodiscard]] int take() const {
        signalfd_siginfo info{};
        return ::read(fd_.get(), &info, sizeof info) == sizeof info
                   ? static_cast<int>(info.ssi_signo)
                   : 0;
    }
    // Stops this process as Ctrl-Z does, until it is continued. False if it was not stopped: the
    // kernel stops nobody whom no shell could continue (an orphaned process group, POSIX.1).
    [[nodiscard]] bool stop() const {
        sigset_t one;
        (void)::sigemptyset(&one);
        (void)::sigaddset(&one, SIGTSTP);
        (void)::raise(SIGTSTP);
        (void)::pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
        (void)::pthread_sigmask(SIG_BLOCK, &one, nullptr);
        return take() == SIGCONT;
    }

private:
    sigset_t held_{};
    sigset_t before_{};
    Fd fd_;
};

// What came instead of a byte: false to read on, after another prompt; true to give up.
bool ends(int number, const HeldSignals& signals, HiddenEcho& echo) {
    if (number != SIGTSTP && number != SIGCONT)
        return true;
    echo.show();
    return number == SIGTSTP && !signals.stop();
}

} // namespace

Result<std::string> read_unseen_line(int fd, const std::string& prompt, std::size_t limit) {
    const HeldSignals signals;
    HiddenEcho echo(fd);
    (void)write_all(fd, prompt);
    std::string text;
    text.reserve(limit); // no reallocation: no copies left behind
    while (text.size() < limit) {
        std::array<pollfd, 2> watched{{{fd, POLLIN, 0}, {signals.fd(), POLLIN, 0}}};
        (void)::poll(watched.data(), watched.size(), -1);
        if (const int number = signals.take(); number != 0) {
            if (ends(number, signals, echo)) {
                (void)write_all(fd, "\n");
                return make_error(ErrorCode::interrupted, "interrupted");
            }
            echo.hide();
            text.clear();
            (void)write_all(fd, prompt);
            continue;
        }
        char c = 0;
        const ssize_t count = watched[0].revents == 0 ? -1 : ::read(fd, &c, 1);
        if (count < 0 && watched[0].revents != 0 && errno != EINTR && errno != EAGAIN)
            return system_error(ErrorCode::usage, "cannot read from the terminal", errno);
        if (count == 0 || (count > 0 && c == '\n'))
            break;
        if (count > 0)
            text.push_back(c);
    }
    (void)write_all(fd, "\n");
    return text;
}

} // namespace leasehold::helper
