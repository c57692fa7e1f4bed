// JSON as servers and clients send it: what is taken is written the same, and read again the same.
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "tests/fuzz/fuzzed.hpp"

#include <boost/json/serialize.hpp>

#include <cmath>

using namespace leasehold;

namespace {

// The same but for the last digits of numbers with a fraction, which Boost.JSON rounds otherwise
// than it writes them.
bool same(const boost::json::value& a, const boost::json::value& b) {
    if (a.is_double() && b.is_number())
        return std::abs(a.as_double() - b.to_number<double>()) <= std::abs(a.as_double()) * 1e-9;
    if (const auto* const object = a.if_object(); object != nullptr && b.is_object()) {
        bool all = object->size() == b.as_object().size();
        for (const auto& member : *object) {
            const auto* const other = b.as_object().if_contains(member.key());
            all = all && other != nullptr && same(member.value(), *other);
        }
        return all;
    }
    if (const auto* const array = a.if_array(); array != nullptr && b.is_array()) {
        bool all = array->size() == b.as_array().size();
        for (std::size_t i = 0; all && i < array->size(); ++i)
            all = same((*array)[i], b.as_array()[i]);
        return all;
    }
    return a == b;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const auto value = parse_json(text);
    fuzz::require_safe(value);
    if (value) {
        const std::string written = boost::json::serialize(*value);
        const auto again = parse_json(written);
        fuzz::require(again.has_value() && same(*value, *again), "JSON is read as it was written");
        const std::string visible = json_made_visible(written);
        const auto seen = parse_json(visible);
        fuzz::require(seen.has_value() && same(*value, *seen), "made visible it says the same");
        fuzz::require(visible_text(visible) == visible, "and is safe to show");
    }
    const auto quoted = parse_json(json_quote(text));
    if (quoted)
        fuzz::require(quoted->is_string() && std::string_view(quoted->as_string()) == text,
                      "a quoted text is the text");
    return 0;
}
