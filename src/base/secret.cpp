#include "src/base/secret.hpp"

#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

namespace leasehold {
namespace {

std::size_t whole_pages(std::size_t size) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (size + page - 1) / page * page;
}

// Locked is best effort: a small RLIMIT_MEMLOCK must not fail the call.
char* map_locked(std::size_t size) {
    constexpr int kind = MAP_PRIVATE | MAP_ANONYMOUS;
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, kind | MAP_LOCKED, -1, 0);
    if (memory == MAP_FAILED)
        memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, kind, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    (void)::madvise(memory, size, MADV_DONTDUMP);
    return static_cast<char*>(memory);
}

// Few secrets live at a time and most die in reverse order: one block, filled from the front and
// used again once all are gone, saves three system calls for each. What does not fit gets pages of
// its own.
class LockedMemory {
public:
    char* take(std::size_t size) {
        const std::lock_guard lock(mutex_);
        if (block_ == nullptr)
            block_ = map_locked(block_size);
        if (size > block_size - used_)
            return map_locked(whole_pages(size));
        char* memory = block_ + used_;
        used_ += size;
        ++living_;
        return memory;
    }
    void give_back(char* memory, std::size_t size) noexcept {
        wipe(memory, size);
        const std::lock_guard lock(mutex_);
        if (memory < block_ || memory >= block_ + block_size) {
            (void)::munmap(memory, whole_pages(size));
            return;
        }
        if (memory + size == block_ + used_)
            used_ -= size;
        if (--living_ == 0)
            used_ = 0;
    }

private:
    static constexpr std::size_t block_size = 16 * 1024;
    std::mutex mutex_;
    char* block_ = nullptr;
    std::size_t used_ = 0;
    std::size_t living_ = 0;
};

// Never destroyed: secrets of static duration may outlive everything else.
LockedMemory& locked_memory() {
    static auto* memory = new LockedMemory;
    return *memory;
}

} // namespace

void wipe(void* data, std::size_t size) noexcept {
    if (size != 0)
        ::explicit_bzero(data, size);
}

void wipe(std::string& text) noexcept {
    // Every byte up to capacity() belongs to the string; a former, longer value may still be there.
    wipe(text.data(), text.capacity());
    text.clear();
}

Secret::Secret(std::string_view bytes) {
    if (bytes.empty())
        return;
    data_ = locked_memory().take(bytes.size());
    size_ = bytes.size();
    std::memcpy(data_, bytes.data(), size_);
}

Secret Secret::take(std::string&& text) {
    Secret secret{std::string_view(text)};
    wipe(text);
    return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        release();
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

Secret::~Secret() {
    release();
}

void Secret::release() noexcept {
    if (data_ != nullptr)
        locked_memory().give_back(data_, size_);
    data_ = nullptr;
    size_ = 0;
}

} // namespace leasehold
