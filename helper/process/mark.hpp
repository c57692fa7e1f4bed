// How a leasehold knows that another leasehold started it: a sealed memory file on descriptor 3,
// which no client's arguments or environment can give.
#pragma once

#include "helper/process/client_environment.hpp"
#include "src/base/fd.hpp"

#include <optional>

namespace leasehold::helper {

struct Mark {
    enum class Start {
        background, // work that goes on after a call: commands that nobody else may run
        plugin,     // the requester's plugin of another profile
    };
    Start start = Start::background;
    Caller caller = {}; // of the call that led to this process; what it was given is sifted already
};

inline constexpr int mark_descriptor = 3;

// Makes one, closed on exec; the child has it as `mark_descriptor`. Invalid if the kernel has none.
[[nodiscard]] Fd make_mark(const Mark& mark) noexcept;

// Of this process; empty if it was started by anybody else.
[[nodiscard]] std::optional<Mark> own_mark();

} // namespace leasehold::helper
