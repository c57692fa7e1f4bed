#include "src/base/digest.hpp"

#include "src/base/secret.hpp"

#include <nettle/hmac.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

namespace leasehold {

Digest sha256(std::string_view bytes) {
    static_assert(SHA256_DIGEST_SIZE == sizeof(Digest));
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
    Digest digest{};
    sha256_digest(&context, digest.size(), digest.data());
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    hmac_sha256_ctx context;
    hmac_sha256_set_key(&context, key.size(), reinterpret_cast<const std::uint8_t*>(key.data()));
    hmac_sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
    Digest digest{};
    hmac_sha256_digest(&context, digest.size(), digest.data());
    wipe(&context, sizeof context); // it holds what the key was mixed into
    return digest;
}

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view bytes) {
    static_assert(SHA1_DIGEST_SIZE == 20);
    hmac_sha1_ctx context;
    hmac_sha1_set_key(&context, key.size(), reinterpret_cast<const std::uint8_t*>(key.data()));
    hmac_sha1_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
    std::array<std::uint8_t, 20> digest{};
    hmac_sha1_digest(&context, digest.size(), digest.data());
    wipe(&context, sizeof context); // it holds what the key was mixed into
    return digest;
}

std::string to_hex(const Digest& digest) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(digest.size() * 2);
    for (const std::uint8_t byte : digest) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

} // namespace leasehold
