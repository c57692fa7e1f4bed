// For the presets asan-ubsan and tsan. A report goes to a file of the build, whatever becomes of
// the standard error and of the process: tests give programs environments of their own, and do not
// mind how one in the background ends. packaging/sanitize fails for any report. And what ends by
// _exit() is looked through for leaks first, too.
#include <array>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sanitizer/lsan_interface.h>
#include <sys/prctl.h>
#include <unistd.h>

extern "C" {
// What ld makes of --wrap.
[[noreturn]] void __real__exit(int status); // NOLINT(bugprone-reserved-identifier)

// What the linker is told to want.
extern const char leasehold_last_words;
const char leasehold_last_words = 0;
}

namespace {

#if defined(LEASEHOLD_LEAKS)
// As strace and tests/support/clockwork.cpp do.
bool is_traced() {
    const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return true;
    std::array<char, 4096> text{};
    const ssize_t size = ::read(file, text.data(), text.size() - 1);
    (void)::close(file);
    const char* line = size > 0 ? std::strstr(text.data(), "TracerPid:\t") : nullptr;
    return line == nullptr || line[std::strlen("TracerPid:\t")] != '0';
}
#endif

} // namespace

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)

#if defined(LEASEHOLD_LEAKS)

const char* __asan_default_options() {
    return "log_path=" LEASEHOLD_REPORTS "/address:allocator_may_return_null=1:"
           "strict_string_checks=1:detect_stack_use_after_return=1:check_initialization_order=1:"
           "strict_init_order=1";
}

const char* __ubsan_default_options() {
    return "log_path=" LEASEHOLD_REPORTS "/undefined:print_stacktrace=1";
}

// The leak checker traces its own process. It may not where another does already, and where a
// user's process has said that nobody may (harden_process); only root may then.
int __lsan_is_turned_off() {
    const bool may = ::geteuid() == 0 || ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
    return may && !is_traced() ? 0 : 1;
}

[[noreturn]] void __wrap__exit(int status) {
    __lsan_do_leak_check();
    __real__exit(status);
}

#else

const char* __tsan_default_options() {
    // GLib's and GIO's locks are not seen, since Debian's are not instrumented: what they guard
    // would be a race each time.
    return "log_path=" LEASEHOLD_REPORTS "/thread:suppressions=" LEASEHOLD_SUPPRESSIONS
           ":ignore_noninstrumented_modules=1"
           ":history_size=7:second_deadlock_stack=1";
}

[[noreturn]] void __wrap__exit(int status) {
    __real__exit(status);
}

#endif

// NOLINTEND(bugprone-reserved-identifier)
}
