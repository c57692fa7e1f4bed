#include "src/base/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>

namespace leasehold {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!Streamable<Secret>, "a secret must not be printed by accident");
static_assert(!std::is_convertible_v<Secret, std::string_view>);

TEST(Secret, TakeWipesItsSource) {
    std::string text(100, 's');
    const char* before = text.data();
    const Secret secret = Secret::take(std::move(text));
    EXPECT_EQ(secret.reveal(), std::string(100, 's'));
    // The string still owns its buffer; every byte of it must be gone.
    for (std::size_t i = 0; i < 100; ++i)
        ASSERT_EQ(before[i], '\0') << "byte " << i << " is still there";
}

TEST(Secret, MovesAndClones) {
    Secret first(std::string_view("one"));
    Secret second(std::move(first));
    EXPECT_TRUE(first.empty()); // NOLINT: the moved-from state is part of the contract
    EXPECT_EQ(second.clone().reveal(), "one");
    second = Secret(std::string_view("two"));
    EXPECT_EQ(second.reveal(), "two");
    EXPECT_TRUE(Secret(std::string_view()).empty());
}

} // namespace
} // namespace leasehold
