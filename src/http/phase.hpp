// Runs one asynchronous operation to its end or to its deadline.
#pragma once

#include "src/base/clock.hpp"

#include <boost/asio/io_context.hpp>

namespace leasehold::http {

// Runs what was started on `io` until it has called back (`done`) or the deadline passes; then
// `cancel` and wait for the callback, which comes at once. False if it was cancelled.
template <class Cancel>
bool run_phase(boost::asio::io_context& io, const bool& done, Deadline deadline, Cancel cancel) {
    io.restart();
    io.run_until(deadline.time());
    if (done)
        return true;
    cancel();
    io.restart();
    io.run();
    return false;
}

} // namespace leasehold::http
