// The provider `stub`: its server is a directory that the test scripts.
//
//   closed      if it is there, nothing is granted, and this is why
//   pass        the secret that must be shown; without it none is asked for
//   grants/ID   one file a lease that was granted and has not been ended
#pragma once

#include "src/base/clock.hpp"
#include "src/base/secret.hpp"
#include "src/lease/stub/settings/settings.hpp"
#include "src/lease/terms/book.hpp"
#include "src/lease/terms/lease.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace leasehold::lease::stub {

// All that it refers to outlives it.
struct Outside {
    const Clock& clock;
    std::function<Result<std::optional<Secret>>()> stored_secret;
};

[[nodiscard]] std::unique_ptr<LeaseProvider> make_provider(const StubSettings& settings,
                                                           Outside outside);
[[nodiscard]] std::unique_ptr<LeaseBook> make_book(const StubSettings& settings);

// Whether the desk would grant.
[[nodiscard]] Result<void> ask_desk(const StubSettings& settings, const Outside& outside);

} // namespace leasehold::lease::stub
