// The small texts that stores and their helper exchange: lines, entries, messages.
#include "cache/record/named_lines.hpp"
#include "cache/secret_service/wire.hpp"
#include "cache/store/stored_entry.hpp"

#include <gtest/gtest.h>

#include <random>

namespace leasehold::cache {
namespace {

const std::string digest(64, 'a');

TEST(NamedLines, EscapeWhatIsNotPrintable) {
    std::string text;
    append_line(text, "a", std::string_view("x%\n\0\xff y", 7));
    EXPECT_EQ(text, "a x%25%0A%00%FF y\n");
    EXPECT_EQ(line_size("a", std::string_view("x%\n\0\xff y", 7)), text.size());
    LineReader reader(text);
    EXPECT_EQ(reader.text("a"), std::string("x%\n\0\xff y", 7));
    EXPECT_TRUE(reader.at_end());
}

TEST(NamedLines, KeepEveryByte) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string value(1, static_cast<char>(byte));
        std::string text;
        append_line(text, "a", value);
        const bool plain = byte >= ' ' && byte <= '~' && byte != '%';
        EXPECT_EQ(text.size(), plain ? 4U : 6U) << byte;
        EXPECT_EQ(line_size("a", value), text.size()) << byte;
        LineReader reader(text);
        EXPECT_EQ(reader.text("a"), value);
    }
}

TEST(NamedLines, AreReadInOrderAndByName) {
    LineReader reader("a 1\nb \nc 3\n");
    EXPECT_FALSE(reader.text("b"));
    EXPECT_EQ(reader.number("a", 10), 1);
    EXPECT_EQ(reader.text("b"), "");
    EXPECT_FALSE(reader.number("c", 2)) << "over the limit";
    EXPECT_EQ(LineReader("c 3\n").number("c", 3), 3);
}

TEST(NamedLines, MustBeEnded) {
    EXPECT_FALSE(LineReader("a 1").text("a"));
    EXPECT_FALSE(LineReader("a").text("a"));
    EXPECT_FALSE(LineReader("a\n").text("a"));
    EXPECT_FALSE(LineReader("ab 1\n").text("a"));
    EXPECT_FALSE(LineReader("").text("a"));
}

TEST(StoredEntry, ComesBack) {
    const Secret text = encode_entry({digest, 1'900'000'000, Secret("one\ntwo\n")});
    EXPECT_EQ(text.reveal(), "leasehold-entry 1\nkey " + digest + "\nend 1900000000\none\ntwo\n");
    const auto entry = decode_entry(text.reveal());
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->digest, digest);
    EXPECT_EQ(entry->bytes.reveal(), "one\ntwo\n");
    EXPECT_FALSE(entry->ended(1'899'999'999));
    EXPECT_TRUE(entry->ended(1'900'000'000));
}

TEST(StoredEntry, WithoutAnEndNeverEnds) {
    const Secret text = encode_entry({digest, 0, Secret("x")});
    EXPECT_FALSE(decode_entry(text.reveal())->ended(253'402'300'799));
}

TEST(StoredEntry, MayFillItsLimitAndNotPassIt) {
    const std::size_t head = encode_entry({digest, 100, Secret("")}).reveal().size();
    const std::string most(stored_entry_limit - head, 'x');
    EXPECT_TRUE(decode_entry(encode_entry({digest, 100, Secret(most)}).reveal()));
    EXPECT_FALSE(decode_entry(encode_entry({digest, 100, Secret(most + 'x')}).reveal()));
}

TEST(StoredEntry, IsNothingElse) {
    for (const std::string& text :
         {std::string(), std::string("leasehold-entry 1\n"),
          "leasehold-entry 2\nkey " + digest + "\nend 0\nx",
          "leasehold-entry 1\nkey " + digest + "\nend 0\n", // no bytes
          "leasehold-entry 1\nkey " + digest.substr(1) + "\nend 0\nx",
          std::string("leasehold-entry 1\nkey ../../etc\nend 0\nx"),
          "leasehold-entry 1\nkey " + digest + "\nend -1\nx",
          "leasehold-entry 1\nkey " + digest + "\nend x\nx",
          "leasehold-entry 1\nkey " + digest + "\nend 0\n" + std::string(70'000, 'x')})
        EXPECT_FALSE(decode_entry(text)) << text.substr(0, 100);
}

TEST(Wire, RequestsComeBack) {
    const Secret text = encode_request({"put", digest, Secret("a:1,b\n")});
    const auto request = decode_request(text.reveal());
    ASSERT_TRUE(request);
    EXPECT_EQ(request->operation, "put");
    EXPECT_EQ(request->digest, digest);
    EXPECT_EQ(request->bytes.reveal(), "a:1,b\n");
}

TEST(Wire, ALengthIsWrittenInOneWayAlone) {
    const std::string text(encode_request({"get", digest, Secret("ab")}).reveal());
    const std::size_t at = text.rfind("2:ab,");
    ASSERT_NE(at, std::string::npos);
    EXPECT_TRUE(decode_request(text));
    EXPECT_FALSE(decode_request(std::string(text).replace(at, 1, "02")));
}

TEST(Wire, AnswersComeBack) {
    SecretServiceAnswer answer;
    answer.entries.emplace_back("one");
    answer.entries.emplace_back("two,");
    answer.count = 7;
    const Secret text = encode_answer(answer);
    const auto back = decode_answer(text.reveal());
    ASSERT_TRUE(back);
    EXPECT_FALSE(back->fault);
    ASSERT_EQ(back->entries.size(), 2U);
    EXPECT_EQ(back->entries[1].reveal(), "two,");
    EXPECT_EQ(back->count, 7U);
}

TEST(Wire, EveryFaultComesBack) {
    for (const auto fault : {StoreFault::unavailable, StoreFault::locked, StoreFault::timed_out,
                             StoreFault::full, StoreFault::refused, StoreFault::failed}) {
        SecretServiceAnswer answer;
        answer.fault = fault;
        answer.message = "why";
        const Secret text = encode_answer(answer);
        const auto back = decode_answer(text.reveal());
        ASSERT_TRUE(back);
        EXPECT_EQ(back->fault, fault);
        EXPECT_EQ(back->message, "why");
    }
}

TEST(Wire, AnyDamageIsNoMessageAndNoCrash) {
    SecretServiceAnswer answer;
    answer.entries.emplace_back("entry");
    const std::string good(encode_answer(answer).reveal());
    for (std::size_t size = 0; size < good.size(); ++size)
        if (const auto cut = decode_answer(good.substr(0, size))) {
            EXPECT_TRUE(cut->entries.empty()) << "half an entry";
        }
    for (const char* text : {"x", "1:", "1:a", "1:ab", "-1:,", "99999999999999999999:a,", ":,",
                             "18:leasehold-answer 1,4:none,0:,1:0,", "1 :a,"})
        EXPECT_FALSE(decode_answer(text)) << text;
    std::mt19937 random(7);
    for (int i = 0; i < 50'000; ++i) {
        std::string text = good;
        for (int change = 0; change < 3; ++change)
            text[random() % text.size()] = "0123456789:,x"[random() % 13];
        (void)decode_answer(text);
        (void)decode_request(text);
    }
}

} // namespace
} // namespace leasehold::cache
