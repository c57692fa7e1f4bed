#include "src/base/jwe.hpp"

#include "src/base/base64.hpp"
#include "src/base/json.hpp"

#include <nettle/aes.h>
#include <nettle/gcm.h>
#include <nettle/memops.h>
#include <nettle/nist-keywrap.h>
#include <nettle/pbkdf2.h>

#include <array>
#include <string>
#include <vector>

namespace leasehold {
namespace {

constexpr std::string_view algorithm = "PBES2-HS256+A128KW";
constexpr std::size_t wrapped_size = 40; // a 256-bit key and the check value (RFC 3394)
constexpr std::int64_t most_rounds = 10'000'000;

using ContentKey = std::array<std::uint8_t, AES256_KEY_SIZE>;

const std::uint8_t* bytes(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

struct Parts {
    std::string_view header; // as it stands: it is authenticated in this form
    std::string key;
    std::string nonce;
    std::string content;
    std::string tag;
};

std::optional<Parts> split(std::string_view compact) {
    std::vector<std::string_view> pieces;
    while (pieces.size() < 5) {
        const std::size_t dot = compact.find('.');
        pieces.push_back(compact.substr(0, dot));
        if (dot == std::string_view::npos)
            break;
        compact.remove_prefix(dot + 1);
    }
    if (pieces.size() != 5)
        return std::nullopt;
    auto key = base64url_decode(pieces[1]);
    auto nonce = base64url_decode(pieces[2]);
    auto content = base64url_decode(pieces[3]);
    auto tag = base64url_decode(pieces[4]);
    if (!key || key->size() != wrapped_size || !nonce || nonce->size() != GCM_IV_SIZE || !content ||
        !tag || tag->size() != GCM_DIGEST_SIZE)
        return std::nullopt;
    return Parts{pieces[0], *key, *nonce, *content, *tag};
}

// RFC 7518, section 4.8.1.1: the salt is the algorithm's name, a zero byte, and the header's p2s.
std::optional<ContentKey> unwrap_key(const Parts& parts, const Secret& password) {
    const auto text = base64url_decode(parts.header);
    const auto header = text ? parse_json(*text) : make_error(ErrorCode::bad_answer, "");
    if (!header || json_string(*header, {"alg"}) != algorithm ||
        json_string(*header, {"enc"}) != "A256GCM" || json_find(*header, {"zip"}) != nullptr)
        return std::nullopt;
    const auto salt_input = base64url_decode(json_string(*header, {"p2s"}).value_or(""));
    const std::int64_t rounds = json_integer(*header, {"p2c"}).value_or(0);
    if (!salt_input || salt_input->empty() || rounds < 1 || rounds > most_rounds)
        return std::nullopt;
    std::string salt(algorithm);
    salt.push_back('\0');
    salt += *salt_input;
    std::array<std::uint8_t, AES128_KEY_SIZE> wrapping{};
    pbkdf2_hmac_sha256(password.size(), bytes(password.reveal()), static_cast<unsigned>(rounds),
                       salt.size(), bytes(salt), wrapping.size(), wrapping.data());
    aes128_ctx context;
    aes128_set_decrypt_key(&context, wrapping.data());
    constexpr std::array<std::uint8_t, 8> check{0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6};
    ContentKey key{};
    const int right =
        nist_keyunwrap16(&context, reinterpret_cast<nettle_cipher_func*>(&aes128_decrypt),
                         check.data(), key.size(), key.data(), bytes(parts.key));
    wipe(wrapping.data(), wrapping.size());
    wipe(&context, sizeof context);
    return right == 1 ? std::optional<ContentKey>(key) : std::nullopt;
}

} // namespace

std::optional<Secret> decrypt_password_jwe(std::string_view compact, const Secret& password) {
    const auto parts = split(compact);
    auto key = parts ? unwrap_key(*parts, password) : std::nullopt;
    if (!key)
        return std::nullopt;
    gcm_aes256_ctx context;
    gcm_aes256_set_key(&context, key->data());
    gcm_aes256_set_iv(&context, parts->nonce.size(), bytes(parts->nonce));
    gcm_aes256_update(&context, parts->header.size(), bytes(parts->header));
    std::string plain(parts->content.size(), '\0');
    gcm_aes256_decrypt(&context, plain.size(), reinterpret_cast<std::uint8_t*>(plain.data()),
                       bytes(parts->content));
    std::array<std::uint8_t, GCM_DIGEST_SIZE> tag{};
    gcm_aes256_digest(&context, tag.size(), tag.data());
    wipe(&context, sizeof context);
    wipe(key->data(), key->size());
    Secret secret = Secret::take(std::move(plain));
    if (memeql_sec(tag.data(), parts->tag.data(), tag.size()) != 1)
        return std::nullopt;
    return secret;
}

} // namespace leasehold
