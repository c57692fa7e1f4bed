#include "src/base/seal.hpp"

#include "src/base/random.hpp"

#include <nettle/chacha-poly1305.h>
#include <nettle/memops.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace leasehold {
namespace {

constexpr std::size_t nonce_size = CHACHA_POLY1305_NONCE_SIZE;
constexpr std::size_t tag_size = CHACHA_POLY1305_DIGEST_SIZE;
static_assert(seal_key_size == CHACHA_POLY1305_KEY_SIZE);
static_assert(seal_overhead == nonce_size + tag_size);

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

// One use of a key: set up, run over the text once, asked for its tag.
class Cipher {
public:
    Cipher(std::string_view key, std::string_view nonce, std::string_view bound) {
        chacha_poly1305_set_key(&context_, bytes_of(key));
        chacha_poly1305_set_nonce(&context_, bytes_of(nonce));
        chacha_poly1305_update(&context_, bound.size(), bytes_of(bound));
    }
    ~Cipher() { wipe(&context_, sizeof context_); }
    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;

    void encrypt(std::string_view from, char* to) {
        chacha_poly1305_encrypt(&context_, from.size(), reinterpret_cast<std::uint8_t*>(to),
                                bytes_of(from));
    }
    void decrypt(std::string_view from, char* to) {
        chacha_poly1305_decrypt(&context_, from.size(), reinterpret_cast<std::uint8_t*>(to),
                                bytes_of(from));
    }
    std::array<std::uint8_t, tag_size> tag() {
        std::array<std::uint8_t, tag_size> tag{};
        chacha_poly1305_digest(&context_, tag.size(), tag.data());
        return tag;
    }

private:
    chacha_poly1305_ctx context_;
};

} // namespace

std::optional<Secret> make_seal_key() {
    std::string bytes(seal_key_size, '\0');
    if (!fill_at_random(bytes.data(), bytes.size()))
        return std::nullopt;
    return Secret::take(std::move(bytes));
}

std::optional<std::string> seal(std::string_view key, std::string_view bound,
                                std::string_view text) {
    std::string sealed(nonce_size + text.size(), '\0');
    if (key.size() != seal_key_size || !fill_at_random(sealed.data(), nonce_size))
        return std::nullopt;
    Cipher cipher(key, std::string_view(sealed).substr(0, nonce_size), bound);
    cipher.encrypt(text, sealed.data() + nonce_size);
    const auto tag = cipher.tag();
    sealed.append(tag.begin(), tag.end());
    return sealed;
}

std::optional<Secret> unseal(std::string_view key, std::string_view bound,
                             std::string_view sealed) {
    if (key.size() != seal_key_size || sealed.size() < seal_overhead)
        return std::nullopt;
    const std::string_view given = sealed.substr(sealed.size() - tag_size);
    const std::string_view box = sealed.substr(nonce_size, sealed.size() - seal_overhead);
    Cipher cipher(key, sealed.substr(0, nonce_size), bound);
    std::string text(box.size(), '\0');
    cipher.decrypt(box, text.data());
    const auto tag = cipher.tag();
    Secret opened = Secret::take(std::move(text));
    if (memeql_sec(tag.data(), given.data(), tag_size) == 0)
        return std::nullopt;
    return opened;
}

} // namespace leasehold
