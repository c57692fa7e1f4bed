// Every operator delete of a program, by the wipe_and_free() of the file that includes this: one
// for each C library that leasehold is linked with.
#pragma once

#include <new>

namespace leasehold::helper {

// A block of operator new, or nullptr: is overwritten (F23) and given back.
void wipe_and_free(void* block) noexcept;

} // namespace leasehold::helper

void operator delete(void* block) noexcept {
    leasehold::helper::wipe_and_free(block);
}
void operator delete[](void* block) noexcept {
    leasehold::helper::wipe_and_free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    leasehold::helper::wipe_and_free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    leasehold::helper::wipe_and_free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    leasehold::helper::wipe_and_free(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
    leasehold::helper::wipe_and_free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    leasehold::helper::wipe_and_free(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
    leasehold::helper::wipe_and_free(block);
}
