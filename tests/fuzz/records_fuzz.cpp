// What stores keep and their programs say: read only in the very form in which it is written.
#include "cache/record/key.hpp"
#include "cache/record/named_lines.hpp"
#include "cache/record/record.hpp"
#include "cache/secret_service/wire.hpp"
#include "cache/store/stored_entry.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto record = cache::decode_record(text))
        fuzz::require(cache::encode_record(*record).reveal() == text, "one form of a record");
    if (const auto entry = cache::decode_entry(text))
        fuzz::require(cache::encode_entry(*entry).reveal() == text, "one form of an entry");
    if (const auto request = cache::decode_request(text))
        fuzz::require(cache::encode_request(*request).reveal() == text, "one form of a request");
    if (const auto answer = cache::decode_answer(text))
        fuzz::require(cache::encode_answer(*answer).reveal() == text, "one form of an answer");
    if (const auto key = cache::CacheKey::from_material(text)) {
        fuzz::require(key->material() == text, "a key is its material");
        fuzz::require(cache::is_key_digest(key->digest_hex()), "and has a digest");
    }
    if (const auto plain = cache::unescape(text)) {
        std::string line;
        cache::append_line(line, "n", *plain);
        fuzz::require(line == "n " + std::string(text) + '\n', "one form of an escaped text");
    }
    std::string line;
    cache::append_line(line, "n", text);
    cache::LineReader reader(line);
    const auto back = reader.text("n");
    fuzz::require(back && *back == text && reader.at_end(), "what was written is read");
    return 0;
}
