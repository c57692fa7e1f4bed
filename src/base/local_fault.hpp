// What this process or machine lacks, by errno: descriptors, memory, threads, a network. It says
// nothing of any server.
#pragma once

#include "src/base/error.hpp"

#include <exception>
#include <optional>
#include <string_view>

namespace leasehold {

// The error for `what` ("cannot connect") if `error_number` is such a lack; empty if it is not.
// ErrorCode::internal where a limit is to be raised, ErrorCode::unreachable where there is no way
// to any network; always `local`.
[[nodiscard]] std::optional<Error> local_fault(std::string_view what, int error_number);

// The same of an exception: those of the standard library and of Boost carry an errno.
[[nodiscard]] std::optional<Error> local_fault(const std::exception& exception);

} // namespace leasehold
