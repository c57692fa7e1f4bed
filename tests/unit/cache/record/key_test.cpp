#include "cache/record/key.hpp"
#include "src/base/digest.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace leasehold::cache {
namespace {

using Fields = CacheKey::Fields;

bool is_printable(std::string_view text) {
    for (const char c : text)
        if (c < 0x20 || c > 0x7e)
            return false;
    return true;
}

TEST(CacheKey, IsStableAcrossReleases) {
    // A change here makes every cached entry a miss: only with a new version in front.
    const auto key = CacheKey::of({{"kind", "lease"}, {"ttl", "3600"}});
    EXPECT_EQ(key.material(), "leasehold-key:1;t4:kind=t5:lease;t3:ttl=t4:3600");
    EXPECT_EQ(key.digest_hex(), sha256_hex(key.material()));
    EXPECT_TRUE(is_key_digest(key.digest_hex()));
}

TEST(CacheKey, SpellsBytesInHexAndHashesLongValues) {
    EXPECT_EQ(CacheKey::of({{"a", std::string("\0\n\xff", 3)}}).material(),
              "leasehold-key:1;t1:a=x6:000aff");
    EXPECT_EQ(CacheKey::of({{"a", " ~"}}).material(), "leasehold-key:1;t1:a=t2: ~");
    EXPECT_EQ(CacheKey::of({{"a", "\x7f"}}).material(), "leasehold-key:1;t1:a=x2:7f");
    const std::string longest(200, 'x');
    EXPECT_EQ(CacheKey::of({{"a", longest}}).material(), "leasehold-key:1;t1:a=t200:" + longest);
    EXPECT_EQ(CacheKey::of({{"a", longest + "x"}}).material(),
              "leasehold-key:1;t1:a=h64:" + sha256_hex(longest + "x"));
}

TEST(CacheKey, TellsFormsApartThatSpellTheSame) {
    const std::string lengthy(300, 'x');
    EXPECT_NE(CacheKey::of({{"a", lengthy}}), CacheKey::of({{"a", sha256_hex(lengthy)}}));
    EXPECT_NE(CacheKey::of({{"a", std::string(1, '\0')}}), CacheKey::of({{"a", "00"}}));
}

TEST(CacheKey, NothingJoinsAcrossSeparators) {
    const std::vector<Fields> different = {
        {},
        {{"", ""}},
        {{"", ""}, {"", ""}},
        {{"a", "b"}},
        {{"b", "a"}},
        {{"ab", ""}},
        {{"", "ab"}},
        {{"a", ""}, {"", "b"}},
        {{"a", "b;t1:c=t1:d"}},
        {{"a", "b"}, {"c", "d"}},
        {{"c", "d"}, {"a", "b"}},
        {{"a=t1:b;t1:c", "d"}},
        {{"a", "b,c"}},
        {{"a", "b"}, {"a", "c"}},
    };
    for (std::size_t i = 0; i < different.size(); ++i)
        for (std::size_t j = 0; j < different.size(); ++j)
            EXPECT_EQ(CacheKey::of(different[i]) == CacheKey::of(different[j]), i == j)
                << i << " and " << j;
}

// KEY-1: equal keys exactly for equal fields. The alphabet is made of what the encoding itself
// uses, so that separators, lengths and hex digits meet in every position.
TEST(CacheKey, IsInjectiveOverRandomFields) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::string alphabet = std::string("tx;:=1,0\n\xff", 10) + '\0';
    const auto text = [&] {
        std::string out;
        for (auto length = random() % 5; length > 0; --length)
            out.push_back(alphabet[random() % alphabet.size()]);
        return out;
    };
    std::map<std::string, Fields> seen;
    for (int i = 0; i < 200'000; ++i) {
        Fields fields;
        for (auto count = random() % 4; count > 0; --count)
            fields.emplace_back(text(), text());
        const auto key = CacheKey::of(fields);
        ASSERT_TRUE(is_printable(key.material()));
        const auto [other, fresh] = seen.try_emplace(key.digest_hex(), fields);
        ASSERT_EQ(other->second, fields) << "two requests share " << key.material();
    }
}

TEST(CacheKey, ComesBackFromItsMaterial) {
    const auto key = CacheKey::of({{"a", "b"}, {"long", std::string(1000, 'x')}});
    const auto back = CacheKey::from_material(key.material());
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, key);
    EXPECT_EQ(back->digest_hex(), key.digest_hex());
}

TEST(CacheKey, TakesNoForeignMaterial) {
    for (const std::string& text :
         {std::string(), std::string("leasehold-key:2;t1:a=t1:b"), std::string("leasehold-key:"),
          std::string("leasehold-key:11"), std::string("leasehold-key:1;\n"),
          std::string("leasehold-key:1;") + '\0', "leasehold-key:1;" + std::string(40'000, 'x')})
        EXPECT_FALSE(CacheKey::from_material(text)) << text.substr(0, 40);
}

TEST(CacheKey, TakesMaterialOf32KiBAndNoMore) {
    const std::string beginning = "leasehold-key:1;";
    const std::string longest = beginning + std::string(32 * 1024 - beginning.size(), 'x');
    EXPECT_TRUE(CacheKey::from_material(longest));
    EXPECT_FALSE(CacheKey::from_material(longest + 'x'));
}

TEST(CacheKey, KnowsADigestWhenItSeesOne) {
    EXPECT_TRUE(is_key_digest(std::string(64, 'a')));
    EXPECT_FALSE(is_key_digest(std::string(63, 'a')));
    EXPECT_FALSE(is_key_digest(std::string(65, 'a')));
    EXPECT_FALSE(is_key_digest(std::string(64, 'A')));
    EXPECT_FALSE(is_key_digest("../" + std::string(61, 'a')));
}

} // namespace
} // namespace leasehold::cache
