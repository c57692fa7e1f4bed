#include "src/base/secret.hpp"

#include <cstring>
#include <new>
#include <utility>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

namespace leasehold {

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
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    mapped_ = (bytes.size() + page - 1) / page * page;
    void* memory =
        ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    // Both are best effort: a small RLIMIT_MEMLOCK must not fail the call.
    (void)::madvise(memory, mapped_, MADV_DONTDUMP);
    (void)::mlock(memory, mapped_);
    data_ = static_cast<char*>(memory);
    size_ = bytes.size();
    std::memcpy(data_, bytes.data(), size_);
}

Secret Secret::take(std::string&& text) {
    Secret secret{std::string_view(text)};
    wipe(text);
    return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        release();
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        mapped_ = std::exchange(other.mapped_, 0);
    }
    return *this;
}

Secret::~Secret() {
    release();
}

void Secret::release() noexcept {
    if (data_ == nullptr)
        return;
    wipe(data_, mapped_);
    (void)::munmap(data_, mapped_);
    data_ = nullptr;
    size_ = mapped_ = 0;
}

} // namespace leasehold
