#include "src/base/process.hpp"

#include "src/base/child.hpp"
#include "src/base/fd.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/local_fault.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold {
namespace {

struct Channel {
    Fd ours;
    Fd theirs;
};

// A socket pair rather than a pipe: MSG_NOSIGNAL then keeps a child that closes early from
// killing us with SIGPIPE.
Result<Channel> make_channel() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0)
        return local_fault("cannot make a socket pair", errno)
            .value_or(system_error(ErrorCode::internal, "cannot make a socket pair", errno));
    Channel channel{Fd(fds[0]), Fd(fds[1])};
    (void)::fcntl(channel.ours.get(), F_SETFL, O_NONBLOCK);
    return channel;
}

class SpawnActions {
public:
    SpawnActions() { (void)::posix_spawn_file_actions_init(&actions_); }
    ~SpawnActions() { (void)::posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    void give(int ours, int theirs) {
        (void)::posix_spawn_file_actions_adddup2(&actions_, ours, theirs);
    }
    void close_from(int first) {
        (void)::posix_spawn_file_actions_addclosefrom_np(&actions_, first);
    }
    void change_directory(const std::string& path) {
        (void)::posix_spawn_file_actions_addchdir_np(&actions_, path.c_str());
    }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// The default disposition of every signal and, but for a child that has our terminal, a process
// group of its own.
class SpawnAttributes {
public:
    explicit SpawnAttributes(bool own_group) {
        (void)::posix_spawnattr_init(&attributes_);
        sigset_t all;
        sigset_t none;
        (void)::sigfillset(&all);
        (void)::sigemptyset(&none);
        (void)::posix_spawnattr_setsigdefault(&attributes_, &all);
        (void)::posix_spawnattr_setsigmask(&attributes_, &none);
        (void)::posix_spawnattr_setpgroup(&attributes_, 0);
        (void)::posix_spawnattr_setflags(
            &attributes_, static_cast<short>((own_group ? POSIX_SPAWN_SETPGROUP : 0) |
                                             POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    }
    ~SpawnAttributes() { (void)::posix_spawnattr_destroy(&attributes_); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

std::string find_in_path(const std::string& name, const ChildOptions& options) {
    if (!options.search_path || name.find('/') != std::string::npos)
        return name;
    const auto path = options.environment.find("PATH");
    return find_program(name, path == options.environment.end() ? "/usr/bin:/bin" : path->second);
}

Error start_error(const std::string& program, int error_number) {
    if (error_number != EACCES && error_number != EPERM)
        if (auto lack = local_fault("cannot run " + quoted(program), error_number))
            return *std::move(lack);
    const bool theirs = error_number == ENOENT || error_number == EACCES ||
                        error_number == ENOEXEC || error_number == ENOTDIR;
    return system_error(theirs ? ErrorCode::configuration : ErrorCode::internal,
                        "cannot run " + quoted(program), error_number);
}

// Moves bytes between us and the child until it has ended. Its outputs may stay open for longer:
// what it leaves behind (an agent, a browser) has inherited them, and is left alone.
class Exchange {
public:
    Exchange(const ChildOptions& options, Fd input, Fd output, Fd errors)
        : options_(options), to_write_(options.input), input_(std::move(input)),
          output_(std::move(output)), errors_(std::move(errors)) {
        if (to_write_.empty())
            input_.reset();
    }
    ~Exchange() { wipe(collected_); }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    ChildOutcome::End run(Child& child, Deadline deadline) {
        while (!child.has_ended()) {
            if (deadline.passed())
                return ChildOutcome::End::timed_out;
            move_some(child.watch(), deadline);
            if (collected_.size() > options_.output_limit)
                return ChildOutcome::End::too_much_output;
        }
        // What it printed last is here already; what others print meanwhile is not waited for.
        for (int i = 0; i < most_last_reads && output_; ++i)
            if (!drain_output())
                break;
        for (int i = 0; i < most_last_reads && errors_; ++i)
            if (!drain_errors())
                break;
        return collected_.size() > options_.output_limit ? ChildOutcome::End::too_much_output
                                                         : ChildOutcome::End::exited;
    }
    Secret take_output() { return Secret::take(std::move(collected_)); }
    std::string take_errors() { return std::move(error_text_); }

private:
    static constexpr std::size_t read_size = 8192;
    static constexpr int most_last_reads = 1024;

    void move_some(int watch, Deadline deadline) {
        std::array<pollfd, 4> fds{pollfd{input_.get(), POLLOUT, 0},
                                  pollfd{output_.get(), POLLIN, 0},
                                  pollfd{errors_.get(), POLLIN, 0}, pollfd{watch, POLLIN, 0}};
        // Without a descriptor to wait for, the end is looked for now and then.
        const Milliseconds::rep longest = watch >= 0 ? 60'000 : 10;
        const auto wait = std::min<Milliseconds::rep>(deadline.left().count() + 1, longest);
        (void)::poll(fds.data(), fds.size(), static_cast<int>(wait));
        if (fds[0].revents != 0)
            feed();
        if (fds[1].revents != 0)
            (void)drain_output();
        if (fds[2].revents != 0)
            (void)drain_errors();
    }
    bool drain_output() {
        return drain(output_, [this](std::string_view read) {
            const std::size_t room = options_.output_limit + 1 - collected_.size();
            collected_.append(read.substr(0, room));
        });
    }
    // Of much the beginning and the end are kept: the last line tells most.
    bool drain_errors() {
        return drain(errors_, [this](std::string_view read) {
            error_text_.append(read);
            if (error_text_.size() > options_.error_limit)
                error_text_.erase(options_.error_limit / 2,
                                  error_text_.size() - options_.error_limit);
        });
    }
    void feed() {
        const ssize_t count =
            ::send(input_.get(), to_write_.data(), to_write_.size(), MSG_NOSIGNAL);
        if (count > 0)
            to_write_.remove_prefix(static_cast<std::size_t>(count));
        if (to_write_.empty() || (count < 0 && errno != EAGAIN && errno != EINTR))
            input_.reset();
    }
    // One read; false if there was nothing to read.
    template <class Take>
    static bool drain(Fd& from, Take take) {
        std::array<char, read_size> buffer;
        const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
        if (count > 0) {
            take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
            wipe(buffer.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            from.reset();
        }
        return count > 0 || (count < 0 && errno == EINTR);
    }

    const ChildOptions& options_;
    std::string_view to_write_;
    std::string collected_;
    std::string error_text_;
    Fd input_;
    Fd output_;
    Fd errors_;
};

Result<pid_t> spawn(const ChildOptions& options, int input, int output, int errors) {
    const std::string program = find_in_path(options.argv.at(0), options);
    if (program.empty())
        return make_error(ErrorCode::configuration,
                          quoted(options.argv[0]) + " was not found in PATH");
    std::vector<std::string> argv = options.argv;
    std::vector<std::string> environment;
    for (const auto& [name, value] : options.environment)
        environment.push_back(name + '=' + value);
    SpawnActions actions;
    actions.give(options.own_stdin ? 0 : input, 0);
    actions.give(output, 1);
    actions.give(options.own_stderr ? 2 : errors, 2);
    if (options.descriptor >= 0)
        actions.give(options.descriptor, 3);
    actions.close_from(options.descriptor >= 0 ? 4 : 3);
    if (!options.working_directory.empty())
        actions.change_directory(options.working_directory);
    const SpawnAttributes attributes(!options.own_stdin);
    pid_t pid = -1;
    const int error_number = ::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(),
                                           pointers(argv).data(), pointers(environment).data());
    if (error_number != 0)
        return start_error(options.argv[0], error_number);
    return pid;
}

} // namespace

std::string find_program(const std::string& name, std::string_view path) {
    while (!path.empty()) {
        const std::string_view directory = path.substr(0, path.find(':'));
        path.remove_prefix(std::min(directory.size() + 1, path.size()));
        const std::string candidate = std::string(directory) + '/' + name;
        if (directory.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return {};
}

Result<ChildOutcome> run_child(const ChildOptions& options, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(Channel input, make_channel());
    LEASEHOLD_TRY_ASSIGN(Channel output, make_channel());
    LEASEHOLD_TRY_ASSIGN(Channel errors, make_channel());
    LEASEHOLD_TRY_ASSIGN(const pid_t pid, spawn(options, input.theirs.get(), output.theirs.get(),
                                                errors.theirs.get()));
    Child child(pid, options.ends_with_us);
    input.theirs.reset();
    output.theirs.reset();
    errors.theirs.reset();
    Exchange exchange(options, std::move(input.ours), std::move(output.ours),
                      std::move(errors.ours));
    ChildOutcome outcome;
    outcome.end = exchange.run(child, deadline);
    outcome.output = exchange.take_output();
    outcome.error_output = exchange.take_errors();
    if (child.interrupted())
        outcome.end = ChildOutcome::End::interrupted;
    if (outcome.end != ChildOutcome::End::exited)
        return outcome;
    const int status = child.status();
    if (WIFSIGNALED(status))
        outcome.end = ChildOutcome::End::signalled;
    outcome.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return outcome;
}

} // namespace leasehold
