#include "src/base/local_fault.hpp"

#include "src/base/hostile_text.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>
#include <new>
#include <system_error>

namespace leasehold {
namespace {

const char* limit_hint(int error_number) {
    switch (error_number) {
    case EMFILE:
        return "this process may open no more files: close some, or raise the limit (ulimit -n)";
    case ENFILE:
        return "the machine has no descriptors left (/proc/sys/fs/file-max)";
    case ENOMEM:
    case ENOBUFS:
        return "the machine, or this process's limit (ulimit -v, a control group), has no memory "
               "left";
    case EAGAIN:
        return "no more processes or threads may be started: see 'ulimit -u', 'ulimit -v' and the "
               "pids limit of the container or control group";
    default:
        return nullptr;
    }
}

const char* network_hint(int error_number) {
    switch (error_number) {
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return "there is no network here that leads there: is this a sandbox without one, or is "
               "the machine offline?";
    case EPERM:
    case EACCES:
        return "a firewall of this machine or a sandbox forbids it";
    default:
        return nullptr;
    }
}

std::optional<Error> fault(ErrorCode code, std::string_view what, int error_number,
                           const char* hint) {
    if (hint == nullptr)
        return std::nullopt;
    Error error = system_error(code, what, error_number);
    error.hint = hint;
    return of_this_machine(std::move(error));
}

} // namespace

std::optional<Error> local_fault(std::string_view what, int error_number) {
    if (auto error = fault(ErrorCode::internal, what, error_number, limit_hint(error_number)))
        return error;
    return fault(ErrorCode::unreachable, what, error_number, network_hint(error_number));
}

std::optional<Error> local_fault(const std::exception& exception) {
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr)
        return local_fault("cannot go on", ENOMEM);
    int error_number = 0;
    if (const auto* standard = dynamic_cast<const std::system_error*>(&exception))
        error_number = standard->code().value();
    if (const auto* boost = dynamic_cast<const boost::system::system_error*>(&exception))
        error_number = boost->code().value();
    return fault(ErrorCode::internal, "cannot go on", error_number, limit_hint(error_number));
}

} // namespace leasehold
