// A browser's way back to this machine: one page on loopback, served once (RFC 8252, section 7.3).
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace leasehold::http {

class CallbackListener {
public:
    virtual ~CallbackListener() = default;
    // The query of the first GET for `path` that names this machine as its host; everything else
    // is answered 404. The browser is shown a fixed page. ErrorCode::timed_out at the deadline.
    [[nodiscard]] virtual Result<std::string> wait(std::string_view path, Deadline deadline) = 0;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
};

// On 127.0.0.1, and on ::1 where there is one; 0 is a port that the kernel chooses.
// ErrorCode::configuration if it is taken.
[[nodiscard]] Result<std::unique_ptr<CallbackListener>> listen_for_callback(std::uint16_t port);

// The value of a parameter of a query or of a URL that has one, decoded; "" if it is not there.
[[nodiscard]] std::string query_value(std::string_view text, std::string_view name);

} // namespace leasehold::http
