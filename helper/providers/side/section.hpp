// How a provider's section of a profile is made: from flags, or by asking.
#pragma once

namespace leasehold::lease {
struct KubeconfigContext;
} // namespace leasehold::lease

namespace leasehold::helper {

class Options;
struct Process;

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

} // namespace leasehold::helper
