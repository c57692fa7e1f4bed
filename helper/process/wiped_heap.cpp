// Every block that operator delete gets back is overwritten first (F23): what a string, a parser
// or a container held of a secret does not stay behind in the heap. Linked into the programs only.

// The sanitizers bring their own operators, which this would hide from them.
#if defined(__SANITIZE_ADDRESS__) // as gcc says it
#define LEASEHOLD_SANITIZED
#elif defined(__has_feature) // and clang
#if __has_feature(address_sanitizer)
#define LEASEHOLD_SANITIZED
#endif
#endif

#if !defined(LEASEHOLD_SANITIZED)

#include "helper/process/delete_operators.hpp"
#include "src/base/secret.hpp"

#include <cstdlib>

#include <malloc.h>

void leasehold::helper::wipe_and_free(void* block) noexcept {
    if (block != nullptr)
        leasehold::wipe(block, ::malloc_usable_size(block));
    std::free(block);
}

#endif
