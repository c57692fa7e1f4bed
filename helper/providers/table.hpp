// The table of providers as programs see them; src/lease/providers.hpp is the other one.
#pragma once

#include "helper/providers/side/section.hpp"
#include "src/base/error.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace leasehold::helper {

class ProviderSide;
struct SideParts;

struct ProviderRow {
    std::string_view name;    // of its ProviderKind
    std::string_view heading; // of its flags in --help
    std::string_view least;   // the flags that a profile needs, for help and hints
    // The profile's section, as YAML, from flags and variables. Secrets never are part of it.
    Result<std::string> (*draft)(const DraftingInput& input);
    std::unique_ptr<ProviderSide> (*make_side)(const SideParts& parts);
    std::span<const SetupQuestion> questions;
    // The flag that stands for what ProviderSide::learn() tells; null if that is never anything.
    const char* learned = nullptr;
};

[[nodiscard]] std::span<const ProviderRow> provider_rows();
// Of a provider that there is.
[[nodiscard]] const ProviderRow& provider_row(std::string_view name);

} // namespace leasehold::helper
