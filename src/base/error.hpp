// What went wrong, told once: a code that becomes the exit status, a message and hints for people.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace leasehold {

// Each value is the exit code of the program (docs/troubleshooting.md).
enum class ErrorCode : int {
    internal = 1,      // a bug of ours, or the operating system failed us
    usage = 2,         // the command line is wrong
    configuration = 3, // a profile, kubeconfig or environment value is wrong
    denied = 4,        // a server, or a rule of the profile, says no
    unreachable = 5,   // no connection, no name, no trusted TLS
    timed_out = 6,     // the deadline passed
    bad_answer = 7,    // a server answered something that must not be used
    store = 8,         // a secret store failed and nothing else could serve
    interrupted = 130, // SIGINT or SIGTERM
};

// A failure. `message` says what happened and to what; `hint` what to do next (may be empty, one
// hint a line). Neither ever holds a secret. Text that came from a server must have passed
// hostile_text() before it gets in here.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message = {};
    std::string hint = {};
    // Seconds for which the server asked to be left alone (Retry-After); 0 if it did not say.
    int retry_after = 0;
    // Whether the fault lay with this process or machine, or with a program of its user: no server
    // said so, and the next call may do better. Such a failure is not remembered.
    bool local = false;
};

// A value or an Error; "not found" is never an Error but an empty optional inside the value.
template <class T>
using Result = boost::system::result<T, Error>;

[[nodiscard]] inline Error make_error(ErrorCode code, std::string message, std::string hint = {}) {
    return Error{code, std::move(message), std::move(hint)};
}

// `context: message`, everything else kept: one phrase per layer.
[[nodiscard]] Error with_context(std::string_view context, Error error);

// The same error, as one of this machine.
[[nodiscard]] inline Error of_this_machine(Error error) {
    error.local = true;
    return error;
}

// Text of an errno value, the same in every locale and thread safe.
[[nodiscard]] std::string errno_text(int error_number);

// `what: errno text` under `code`.
[[nodiscard]] Error system_error(ErrorCode code, std::string_view what, int error_number);

// Found by boost::system::result when value() is called on an error: a bug of ours.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& location);

} // namespace leasehold

// Leaves the function with the error of `expression`, a Result whose value is not needed.
#define LEASEHOLD_TRY(expression)                                                                  \
    do {                                                                                           \
        if (auto leasehold_try_result = (expression); !leasehold_try_result)                       \
            return std::move(leasehold_try_result).error();                                        \
    } while (false)

#define LEASEHOLD_JOIN_(a, b) a##b
#define LEASEHOLD_JOIN(a, b) LEASEHOLD_JOIN_(a, b)
#define LEASEHOLD_TRY_ASSIGN_(name, declaration, expression)                                       \
    auto name = (expression);                                                                      \
    if (!name)                                                                                     \
        return std::move(name).error();                                                            \
    declaration = *std::move(name)

// Declares or assigns `declaration` from the value of `expression`, or leaves with its error.
#define LEASEHOLD_TRY_ASSIGN(declaration, expression)                                              \
    LEASEHOLD_TRY_ASSIGN_(LEASEHOLD_JOIN(leasehold_result_, __LINE__), declaration, expression)
