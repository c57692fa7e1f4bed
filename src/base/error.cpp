#include "src/base/error.hpp"

#include <stdexcept>

#include <string.h>

namespace leasehold {

Error with_context(std::string_view context, Error error) {
    error.message = std::string(context) + ": " + error.message;
    return error;
}

std::string errno_text(int error_number) {
    // Untranslated, since no program of ours calls setlocale(); what is not known has a buffer of
    // the thread in glibc (2.32) and none in musl. strerrordesc_np() is glibc's alone.
    return ::strerror(error_number);
}

Error system_error(ErrorCode code, std::string_view what, int error_number) {
    return make_error(code, std::string(what) + ": " + errno_text(error_number));
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::logic_error("an error was taken for a value: " + error.message);
}

} // namespace leasehold
