#include "tests/contract/program.hpp"

#include "src/base/fd.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

} // namespace

Program::Program(const std::vector<std::string>& argv, const Variables& environment,
                 const std::string& input) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe");
    std::vector<std::string> arguments = argv;
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment)
        variables.push_back(name + '=' + value);
    pid_ = ::fork();
    if (pid_ == 0) {
        (void)::dup2(in[0], 0);
        (void)::dup2(out[1], 1);
        ::execvpe(argv[0].c_str(), pointers(arguments).data(), pointers(variables).data());
        std::perror(argv[0].c_str()); // or the test only says that nothing came
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    (void)write_all(in[1], input);
    ::close(in[1]);
    output_ = out[0];
}

Program::Program(Program&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_(std::exchange(other.output_, -1)) {}

Program& Program::operator=(Program&& other) noexcept {
    if (this != &other) {
        end();
        pid_ = std::exchange(other.pid_, -1);
        output_ = std::exchange(other.output_, -1);
    }
    return *this;
}

Program::~Program() {
    end();
}

std::string Program::read_line() {
    std::string line;
    char c = 0;
    pollfd ready{output_, POLLIN, 0};
    while (::poll(&ready, 1, 60'000) == 1 && ::read(output_, &c, 1) == 1 && c != '\n')
        line.push_back(c);
    return line;
}

std::string Program::read_all() {
    std::string text;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = ::read(output_, buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(count));
    return text;
}

int Program::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Program::signal(int number) const {
    (void)::kill(pid_, number);
}

void Program::end() {
    if (pid_ > 0) {
        (void)::kill(pid_, SIGKILL);
        (void)wait();
    }
    if (output_ >= 0)
        ::close(output_);
    output_ = -1;
}

} // namespace leasehold::test
