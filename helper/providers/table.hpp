// The table of providers as programs see them; src/lease/providers.hpp is the other one.
#pragma once

#include "src/base/error.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace leasehold::lease {
struct KubeconfigContext;
} // namespace leasehold::lease

namespace leasehold::helper {

class Options;
class ProviderSide;
struct Process;
struct SideParts;

// What a profile is made from.
struct DraftingInput {
    const Process& process;
    const Options& options;
    const lease::KubeconfigContext* source; // of --from-context; null without it
};

// What a person is asked by `setup` on a terminal, where the flag is not given.
struct SetupQuestion {
    const char* flag;
    const char* prompt;
    const char* fallback; // the answer of an empty line
    bool (*asked)(const Options& options);
};

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
