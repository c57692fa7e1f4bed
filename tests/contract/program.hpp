// A program that a test starts and surely ends.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leasehold::test {

using Variables = std::map<std::string, std::string, std::less<>>;

class Program {
public:
    Program() = default;
    // Starts argv[0] (searched in PATH) with exactly these variables; `input` is its whole stdin.
    Program(const std::vector<std::string>& argv, const Variables& environment,
            const std::string& input = {});
    Program(Program&& other) noexcept;
    Program& operator=(Program&& other) noexcept;
    ~Program();

    // The next line of its stdout, without the line feed; "" at its end or after a minute.
    [[nodiscard]] std::string read_line();
    // All of stdout until its end.
    [[nodiscard]] std::string read_all();
    // Waits for its end: the exit code, or 128 + signal.
    int wait();
    void signal(int number) const;

private:
    void end();

    pid_t pid_ = -1;
    int output_ = -1;
};

} // namespace leasehold::test
