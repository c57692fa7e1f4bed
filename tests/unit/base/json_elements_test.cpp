#include "src/base/json_elements.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace leasehold {
namespace {

// What came of a text that comes in pieces of `size`.
Result<std::vector<std::string>> read(const std::string& text, std::size_t size,
                                      const ElementLimits& limits = {}) {
    std::vector<std::string> found;
    const auto keep = [&](const boost::json::value& element) -> Result<void> {
        if (element.is_bool())
            return make_error(ErrorCode::denied, "not this one");
        found.push_back(boost::json::serialize(element));
        return {};
    };
    JsonElements elements("list", keep, limits);
    for (std::size_t at = 0; at < text.size(); at += size)
        elements.take(std::string_view(text).substr(at, size));
    LEASEHOLD_TRY(elements.finish());
    return found;
}

TEST(JsonElements, AreThoseOfOneArrayHoweverTheyCome) {
    const std::string text =
        R"({"a":{"list":[1]},"b":[[2]],"list":[{"x":{"list":["A",[]]},"y":1.5},"text",[1,[2]],-7,null],"c":"list"} )"
        "\n";
    const std::vector<std::string> expected{R"({"x":{"list":["A",[]]},"y":1.5E0})", "\"text\"",
                                            "[1,[2]]", "-7", "null"};
    for (const std::size_t size : {1U, 2U, 3U, 7U, 1000U}) {
        const auto found = read(text, size);
        ASSERT_TRUE(found) << size << found.error().message;
        EXPECT_EQ(*found, expected) << size;
    }
    EXPECT_TRUE(read(R"({"list":[]})", 1)->empty());
}

TEST(JsonElements, WhatIsAmbiguousOrTooMuchIsRefused) {
    const std::string long_text(70'000, 'x');
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"list":{}})"),
          std::string(R"({"list":[1)"), std::string(R"({"list":[]})") + "{}",
          std::string(R"({"list":[],"list":[1]})"), std::string(R"({"list":[{"a":1,"a":2}]})"),
          std::string(R"({"list":["\u0000"]})"), std::string(R"({"list":[1e999]})"),
          R"({"list":[{"a":")" + long_text + R"("}]})", R"({"x":")" + long_text + R"(","list":[]})",
          R"({")" + long_text + R"(":1,"list":[]})",
          R"({"list":[)" + std::string(40, '[') + std::string(40, ']') + "]}"}) {
        for (const std::size_t size : {1U, 1000U}) {
            const auto found = read(text, size);
            ASSERT_FALSE(found) << text.substr(0, 60);
            EXPECT_EQ(found.error().code, ErrorCode::bad_answer);
        }
    }
    EXPECT_FALSE(read(R"({"list":[1,2,3]})", 4, {.bytes = 15}));
    EXPECT_TRUE(read(R"({"list":[1,2,3]})", 4, {.bytes = 16}));
    EXPECT_FALSE(read(R"({"list":[[1,2,3]]})", 4, {.element_members = 3}));
    EXPECT_TRUE(read(R"({"list":[[1,2],[3,4]]})", 4, {.element_members = 3}));
}

TEST(JsonElements, WhoeverTakesThemCanEndIt) {
    const auto found = read(R"({"list":[1,true,2]})", 3);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::denied);
}

TEST(JsonElements, WhoeverEndedItIsHandedNoMore) {
    int handed = 0;
    const auto end = [&](const boost::json::value&) -> Result<void> {
        ++handed;
        return make_error(ErrorCode::denied, "not this one");
    };
    JsonElements elements("list", end);
    elements.take(R"({"list":[1,2,)");
    elements.take("3]}");
    EXPECT_FALSE(elements.finish());
    EXPECT_EQ(handed, 1);
}

} // namespace
} // namespace leasehold
