// The heap of the front of musl, in place of helper/process/wiped_heap.cpp: zig's C library maps and
// unmaps memory for most blocks, which is a third of the system calls of a hit. The front is one
// thread and ends soon, so blocks lie one behind the other in an arena, and what does not fit comes
// from malloc(). Every block that operator delete gets back is overwritten (F23).
#include "helper/process/delete_operators.hpp"
#include "src/base/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

constexpr std::size_t alignment = alignof(std::max_align_t);
// A hit takes some 40 KiB. Pages that nobody touches are none.
constexpr std::size_t arena_size = std::size_t{512} * 1024;

alignas(alignment) unsigned char arena[arena_size];
std::size_t used = 0;

// Before each block of the arena; as long as the alignment, so that the block is aligned.
struct alignas(alignment) Header {
    std::size_t size; // of the block, a multiple of the alignment
};

void* take(std::size_t size) noexcept {
    if (size > arena_size)
        return std::malloc(size);
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    if (whole + sizeof(Header) > arena_size - used)
        return std::malloc(size);
    auto* header = new (arena + used) Header{whole};
    used += sizeof(Header) + whole;
    return header + 1;
}

} // namespace

void leasehold::helper::wipe_and_free(void* block) noexcept {
    if (block == nullptr)
        return;
    const auto place = reinterpret_cast<std::uintptr_t>(block);
    const auto begin = reinterpret_cast<std::uintptr_t>(arena);
    if (place < begin || place >= begin + arena_size) {
        leasehold::wipe(block, ::malloc_usable_size(block));
        std::free(block);
        return;
    }
    const std::size_t size = (static_cast<Header*>(block) - 1)->size;
    leasehold::wipe(block, size);
    // The last one makes room again: most strings that grow are the last.
    if (place + size == begin + used)
        used -= sizeof(Header) + size;
}

void* operator new(std::size_t size) {
    void* block = take(size);
    if (block == nullptr)
        throw std::bad_alloc();
    return block;
}
void* operator new[](std::size_t size) {
    return ::operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return take(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return take(size);
}
