// Bytes that must not outlive their use: wiped when freed, never copied or streamed by accident.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace leasehold {

// Overwrites `size` bytes in a way no optimiser removes.
void wipe(void* data, std::size_t size) noexcept;

// Overwrites the text, its spare capacity included, and empties it.
void wipe(std::string& text) noexcept;

// A move-only buffer for a token, a password or a private key. Its memory is kept out of core
// dumps and, as far as RLIMIT_MEMLOCK allows, out of swap; it is overwritten before it is given
// back. There is no operator<<, no comparison and no implicit conversion: reveal() is the one way
// to the bytes, so that every use can be found.
class Secret {
public:
    Secret() noexcept = default;
    // Copies `bytes`; the caller still owns, and should wipe, the original.
    explicit Secret(std::string_view bytes);
    // Takes the text's content and wipes the text.
    static Secret take(std::string&& text);

    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    // A second buffer with the same bytes, said aloud.
    [[nodiscard]] Secret clone() const { return Secret(reveal()); }
    [[nodiscard]] std::string_view reveal() const noexcept { return {data_, size_}; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    void release() noexcept;

    char* data_ = nullptr;
    std::size_t size_ = 0;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

} // namespace leasehold
