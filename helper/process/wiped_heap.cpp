// Every block that operator delete gets back is overwritten first (F23): what a string, a parser
// or a container held of a secret does not stay behind in the heap. Linked into the programs only.
#include "src/base/secret.hpp"

#include <cstdlib>
#include <new>

#include <malloc.h>

// The sanitizers bring their own operators, which this would hide from them.
#if !defined(__SANITIZE_ADDRESS__)

namespace {

void wipe_and_free(void* block) noexcept {
    if (block != nullptr)
        leasehold::wipe(block, ::malloc_usable_size(block));
    std::free(block);
}

} // namespace

void operator delete(void* block) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(block);
}

#endif
