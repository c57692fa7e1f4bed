#include "cache/record/key.hpp"
#include "cache/record/record.hpp"
#include "src/base/digest.hpp"

#include <gtest/gtest.h>

#include <random>

#include <unistd.h>

namespace leasehold::cache {
namespace {

Record sample() {
    Record record;
    record.key_material =
        CacheKey::of({{"kind", "lease"}, {"server", "https://a:6443"}}).material();
    record.token = Secret("header.payload.signature");
    record.note = R"({"profile":"prod","subject":"system:serviceaccount:ci:deployer"})";
    record.lifetime = plan_lifetime(Seconds(3600), {1'800'000'000, 5000},
                                    "00000000-0000-4000-8000-000000000000", Seconds(3));
    record.machine = "1000-0123456789abcdef";
    return record;
}

Record sample_with_pair() {
    Record record = sample();
    record.token = Secret();
    record.pair = {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                   Secret("-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n")};
    return record;
}

void expect_same(const Record& a, const Record& b) {
    EXPECT_EQ(a.key_material, b.key_material);
    EXPECT_EQ(a.token.reveal(), b.token.reveal());
    EXPECT_EQ(a.note, b.note);
    EXPECT_EQ(a.lifetime, b.lifetime);
    EXPECT_EQ(a.machine, b.machine);
    EXPECT_EQ(a.pair.certificate_pem, b.pair.certificate_pem);
    EXPECT_EQ(a.pair.key_pem.reveal(), b.pair.key_pem.reveal());
}

std::string encoded(const Record& record) {
    return std::string(encode_record(record).reveal());
}

// With a checksum that fits, so that what is wrong inside is what gets refused.
std::string sealed(const std::string& body) {
    return body + "sha256 " + sha256_hex(body) + "\n";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

TEST(Record, HasThisForm) {
    EXPECT_EQ(
        encoded(sample()),
        sealed("leasehold-record 1\n"
               "machine 1000-0123456789abcdef\n"
               "key leasehold-key:1;t4:kind=t5:lease;t6:server=t14:https://a:6443\n"
               "issued-wall 1800000000\n"
               "issued-boot 5000\n"
               "boot-id 00000000-0000-4000-8000-000000000000\n"
               "refresh-after 2817\n"
               "serve-for 3240\n"
               "reported-for 3540\n"
               "ends-after 3600\n"
               "note {\"profile\":\"prod\",\"subject\":\"system:serviceaccount:ci:deployer\"}\n"
               "token header.payload.signature\n"));
}

TEST(Record, ComesBack) {
    const auto back = decode_record(encoded(sample()));
    ASSERT_TRUE(back);
    expect_same(*back, sample());
}

TEST(Record, ComesBackWhereItsTimesFallTogether) {
    Record record = sample();
    Lifetime& life = record.lifetime;
    life.refresh_after = life.serve_for = life.reported_for = life.ends_after;
    const auto back = decode_record(encoded(record));
    ASSERT_TRUE(back);
    expect_same(*back, record);
}

TEST(Record, MayBeAPairInPlaceOfATokenOrBesideOne) {
    for (const std::string_view token : {"", "a.b.c"}) {
        Record record = sample_with_pair();
        record.token = Secret(token);
        const auto back = decode_record(encoded(record));
        ASSERT_TRUE(back);
        expect_same(*back, record);
    }
    const std::string good = encoded(sample_with_pair());
    const std::string body = good.substr(0, good.find("sha256 "));
    ASSERT_TRUE(decode_record(sealed(body)));
    for (const std::string line : {"token ", "certificate ", "private-key "}) {
        const auto at = body.find(line);
        const auto end = body.find('\n', at) + 1;
        EXPECT_FALSE(decode_record(sealed(std::string(body).erase(at, end - at)))) << line;
        if (line != "token ") {
            EXPECT_FALSE(
                decode_record(sealed(std::string(body).replace(at, end - at, line + '\n'))))
                << line << "is empty";
        }
    }
}

TEST(Record, ComesBackWhateverItsTextsHold) {
    Record record = sample();
    record.note = std::string("line\nfeed % \xc3\xa4 \x1b[31m", 20) + '\0' + "%25";
    record.token = Secret(std::string_view("any \0 bytes\r\n%", 14));
    record.machine = "";
    record.lifetime.boot_id = "";
    const std::string text = encoded(record);
    for (const char c : text)
        EXPECT_TRUE(c == '\n' || (c >= 0x20 && c <= 0x7e));
    const auto back = decode_record(text);
    ASSERT_TRUE(back);
    expect_same(*back, record);
}

TEST(Record, WithoutATokenIsNone) {
    Record record = sample();
    record.token = Secret();
    EXPECT_FALSE(decode_record(encoded(record)));
}

TEST(Record, CACHE_1_OverTheLimitIsNone) {
    Record record = sample();
    record.token = Secret(std::string(record_limit, 'x'));
    EXPECT_FALSE(decode_record(encoded(record)));
    record.token = Secret("x");
    const std::size_t rest = encoded(record).size() - 1;
    record.token = Secret(std::string(record_limit - rest, 'x'));
    EXPECT_TRUE(decode_record(encoded(record)));
    record.token = Secret(std::string(record_limit - rest + 1, 'x'));
    EXPECT_FALSE(decode_record(encoded(record)));
}

// CACHE-1: each byte changed in several ways, left out, doubled; each end cut off.
TEST(Record, CACHE_1_EveryDamageIsAMiss) {
    const std::string good = encoded(sample());
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ change);
            ASSERT_FALSE(decode_record(bad)) << "byte " << at << " changed by " << change;
        }
        std::string bad = good;
        bad.erase(at, 1);
        ASSERT_FALSE(decode_record(bad)) << "byte " << at << " left out";
        bad = good;
        bad.insert(at, 1, good[at]);
        ASSERT_FALSE(decode_record(bad)) << "byte " << at << " doubled";
        ASSERT_FALSE(decode_record(good.substr(0, at))) << "cut off at " << at;
        if (at > 0) {
            ASSERT_FALSE(decode_record(good.substr(at))) << "begins at " << at;
        }
    }
    EXPECT_FALSE(decode_record(good + "\n"));
    EXPECT_FALSE(decode_record(good + good));
}

TEST(Record, IsReadStrictlyEvenUnderAGoodChecksum) {
    const std::string good = encoded(sample());
    const std::string body = good.substr(0, good.find("sha256 "));
    ASSERT_TRUE(decode_record(sealed(body)));
    const std::vector<std::pair<std::string, std::string>> changes = {
        {"record 1", "record 2"},
        {"record 1", "record 01"},
        {"issued-wall 1800000000", "issued-wall -1"},
        {"issued-wall 1800000000", "issued-wall +1"},
        {"issued-wall 1800000000", "issued-wall 0x1"},
        {"issued-wall 1800000000", "issued-wall 1e9"},
        {"issued-wall 1800000000", "issued-wall "},
        {"issued-wall 1800000000", "issued-wall 99999999999999999999"},
        {"issued-wall 1800000000", "issued-wall 253402300800"},
        {"issued-boot 5000", "issued-boot -0"},
        {"issued-boot 5000", "issued-boot  5000"},
        {"issued-boot 5000", "issued-boot 5000 "},
        {"issued-boot", "Issued-boot"},
        {"serve-for 3240", "serve-for 2000"},       // before refresh-after
        {"reported-for 3540", "reported-for 3000"}, // before serve-for
        {"ends-after 3600", "ends-after 3539"},     // before reported-for
        {"token header", "token \x01header"},
        {"token header", "token %41header"}, // an escape that none is needed for
        {"token header", "token %0header"},
        {"token header", "token %0aheader"}, // lower case
        {"token header", "token %"},
        {"token header.payload.signature", "token "},
        {"note {", "note\t{"},
        {"note {", "note \x7f{"},
        {"note {", "note \xc3\xa4{"},
        {"note {", "extra x\nnote {"},
        {"machine 1000-0123456789abcdef\n", ""},
    };
    for (const auto& [what, by] : changes)
        EXPECT_FALSE(decode_record(sealed(replaced(body, what, by)))) << by;
    EXPECT_FALSE(decode_record(sealed(body + "more x\n")));
    EXPECT_FALSE(decode_record(sealed("")));
}

TEST(Record, CACHE_1_NoRandomBytesAreOne) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::string good = encoded(sample());
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        if (i % 2 == 0) { // pieces of a good one in any order
            while (text.size() < 400)
                text += good.substr(random() % good.size(), random() % 60);
        } else {
            for (auto size = random() % 300; size > 0; --size)
                text.push_back(static_cast<char>(random()));
        }
        ASSERT_FALSE(decode_record(text));
        (void)decode_record(sealed(text)); // must only not crash
    }
    EXPECT_FALSE(decode_record(std::string(40 << 20, 'x')));
    EXPECT_FALSE(decode_record(std::string(1000, '\0')));
    EXPECT_FALSE(decode_record(""));
}

TEST(MachineIdentity, NamesTheUserAndHidesTheMachine) {
    const std::string identity = machine_identity();
    const std::string uid = std::to_string(::geteuid()) + '-';
    EXPECT_TRUE(identity.starts_with(uid)) << identity;
    EXPECT_EQ(identity.size(), uid.size() + 16);
    EXPECT_EQ(identity, machine_identity());
}

} // namespace
} // namespace leasehold::cache
