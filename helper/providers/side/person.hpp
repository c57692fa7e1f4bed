// Whoever runs `leasehold login`, as far as a provider may turn to them.
#pragma once

#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <functional>
#include <string>

namespace leasehold::helper {

struct Person {
    // Asks on the terminal, without echo; ErrorCode::usage where there is none.
    std::function<Result<Secret>(const std::string& prompt)> ask;
    std::function<void(const std::string& line)> tell; // a line to read, safe to show
    // Shows a page in their browser, and its address for those whose browser is elsewhere.
    std::function<void(const std::string& url)> browse;
};

} // namespace leasehold::helper
