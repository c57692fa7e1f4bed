// For the preset coverage: writes the counts of a program that ends by _exit() or becomes another
// one; by itself gcov sees the end of main() and exit(). What a signal ends loses its counts.
#include <cerrno>
#include <cstdio>

extern "C" {
// What ld makes of --wrap, and what libgcov has.
// NOLINTBEGIN(bugprone-reserved-identifier)
[[noreturn]] void __real__exit(int status);
int __real_execve(const char* path, char* const argv[], char* const environment[]);
int __real_execvpe(const char* file, char* const argv[], char* const environment[]);
void __gcov_dump();
void __gcov_reset();
// NOLINTEND(bugprone-reserved-identifier)

// What the linker is told to want.
extern const char leasehold_last_words;
const char leasehold_last_words = 0;
}

namespace {

// A process in another root, or of somebody whom the build's directory does not let in, cannot
// write its counts, and libgcov says so: the standard error belongs to the tests all the same.
void dump() {
    const int before = errno;
    std::FILE* const standard_error = stderr;
    std::FILE* const nowhere = std::fopen("/dev/null", "we");
    if (nowhere != nullptr)
        stderr = nowhere;
    __gcov_dump();
    stderr = standard_error;
    if (nowhere != nullptr)
        (void)std::fclose(nowhere);
    errno = before;
}

// Before libgcov's own, which then has nothing left to write.
__attribute__((destructor)) void at_the_end() {
    dump();
}

// The exec failed: what comes now is written later.
int go_on(int result) {
    const int before = errno;
    __gcov_reset();
    errno = before;
    return result;
}

} // namespace

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)

[[noreturn]] void __wrap__exit(int status) {
    dump();
    __real__exit(status);
}

int __wrap_execve(const char* path, char* const argv[], char* const environment[]) {
    dump();
    return go_on(__real_execve(path, argv, environment));
}

int __wrap_execvpe(const char* file, char* const argv[], char* const environment[]) {
    dump();
    return go_on(__real_execvpe(file, argv, environment));
}

// NOLINTEND(bugprone-reserved-identifier)
}
