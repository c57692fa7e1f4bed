// "That store hung a moment ago": a file that spares the next calls the same wait (SS-2).
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>

namespace leasehold::cache {

class SkipMarker {
public:
    // DIRECTORY/NAME, which counts for a while; without a directory it remembers nothing.
    explicit SkipMarker(std::string directory, const char* name = "secret-service.skip",
                        Seconds counts_for = Seconds(60))
        : directory_(std::move(directory)), name_(name), counts_for_(counts_for) {}

    // How long the marker still counts; empty if there is none or its time is over. One that lies
    // in the future (the clock was set back) does not count.
    [[nodiscard]] std::optional<Seconds> time_left() const;
    // Best effort.
    void set() const;
    void remove() const;

private:
    [[nodiscard]] std::string path() const;

    std::string directory_;
    const char* name_;
    Seconds counts_for_;
};

} // namespace leasehold::cache
