// The name under which a secret is cached: a canonical text of everything that tells it from any
// other, and that text's SHA-256 (KEY-1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::cache {

class CacheKey {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    // The fields in the caller's order; names and values may hold any bytes. Different fields give
    // different material: each part carries its length and form, and nothing is ever joined.
    // Parts over 200 bytes count by their SHA-256.
    [[nodiscard]] static CacheKey of(const Fields& fields);

    // The key that a stored entry says it belongs to. Empty if the text cannot be one of ours.
    [[nodiscard]] static std::optional<CacheKey> from_material(std::string_view material);

    // Printable ASCII without line breaks; holds names, never a secret. Kept inside the stored
    // entry and compared byte for byte on every read.
    [[nodiscard]] const std::string& material() const { return material_; }
    // 64 lower-case hex digits: what stores, file names and labels may show.
    [[nodiscard]] const std::string& digest_hex() const { return digest_hex_; }

    // True if what is under it costs little to make again and leases none: where room is short it
    // gives way to leases. Such are keys whose first field is kind=session.
    [[nodiscard]] bool is_spare() const;

    friend bool operator==(const CacheKey& a, const CacheKey& b) {
        return a.material_ == b.material_;
    }

private:
    explicit CacheKey(std::string material);

    std::string material_;
    std::string digest_hex_;
};

// 64 lower-case hex digits: safe as a file name and as a description.
[[nodiscard]] bool is_key_digest(std::string_view text);

} // namespace leasehold::cache
