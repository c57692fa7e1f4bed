#include "helper/terminal/secret_input.hpp"

#include "helper/terminal/quiet_terminal.hpp"
#include "src/base/fd.hpp"
#include "src/base/secret_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr std::size_t longest_input = 64 * 1024;

// Up to the end of input, or of the first line.
Result<std::string> read_text(int fd, bool one_line) {
    std::string text;
    text.reserve(longest_input); // no reallocation: no copies left behind
    char c = 0;
    while (text.size() < longest_input) {
        const ssize_t count = ::read(fd, &c, 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return system_error(ErrorCode::usage, "cannot read the input", errno);
        if (count == 0 || (one_line && c == '\n'))
            break;
        text.push_back(c);
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    return text;
}

// A pipe, such as that of `<(op read ...)`, is read to its end, however long its writer takes.
Result<Secret> read_given_file(const std::string& path, const std::string& option) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode))
        return read_secret_file(path, option);
    const Fd pipe(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!pipe)
        return system_error(ErrorCode::usage, "cannot open the pipe of " + option, errno);
    LEASEHOLD_TRY_ASSIGN(std::string text, read_text(pipe.get(), false));
    return Secret::take(std::move(text));
}

Result<Secret> read_unseen(const Fd& terminal, const std::string& prompt) {
    LEASEHOLD_TRY_ASSIGN(std::string text,
                         read_unseen_line(terminal.get(), prompt + ": ", longest_input));
    while (!text.empty() && text.back() == '\r')
        text.pop_back();
    return Secret::take(std::move(text));
}

Fd open_terminal() {
    return Fd(::open("/dev/tty", O_RDWR | O_CLOEXEC));
}

} // namespace

Result<Secret> read_secret_input(const Options& options, const std::string& name,
                                 const std::string& prompt, const std::string& home) {
    // No shell expands the ~ of --token-file=~/token.
    if (const auto file = options.text((name + "-file").c_str()))
        return read_given_file(absolute_path(*file, home), "--" + name + "-file");
    if (options.has((name + "-stdin").c_str())) {
        LEASEHOLD_TRY_ASSIGN(std::string text, read_text(0, false));
        return Secret::take(std::move(text));
    }
    const Fd terminal = open_terminal();
    if (!terminal)
        return options.usage_error("there is no terminal to ask on",
                                   "give --" + name + "-file or --" + name + "-stdin");
    return read_unseen(terminal, prompt);
}

Result<Secret> ask_secret(const std::string& prompt) {
    const Fd terminal = open_terminal();
    if (!terminal)
        return make_error(ErrorCode::usage, "there is no terminal to ask on for the " + prompt,
                          "somebody must type it: run this in a terminal");
    return read_unseen(terminal, prompt);
}

Result<std::string> ask_line(const std::string& prompt, const std::string& fallback) {
    (void)write_all(2, prompt + (fallback.empty() ? "" : " [" + fallback + ']') + ": ");
    LEASEHOLD_TRY_ASSIGN(std::string text, read_text(0, true));
    return text.empty() ? fallback : text;
}

Result<void> confirm(const Options& options, const std::string& what) {
    if (options.has("yes") || !can_ask())
        return {};
    LEASEHOLD_TRY_ASSIGN(const std::string answer, ask_line(what + "; go on? (y/N)", ""));
    if (answer == "y" || answer == "Y" || answer == "yes")
        return {};
    return make_error(ErrorCode::interrupted, "nothing was done",
                      "to go on without a question: --yes");
}

bool can_ask() {
    return ::isatty(0) == 1 && ::isatty(2) == 1;
}

} // namespace leasehold::helper
