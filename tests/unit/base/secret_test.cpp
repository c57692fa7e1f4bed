#include "src/base/secret.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>

#include <sys/resource.h>

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

// VmFlags of the mapping that holds `address`: lo is locked, dd is left out of core dumps
// (proc(5)).
std::string flags_of(const void* address) {
    std::ifstream maps("/proc/self/smaps");
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    bool here = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        char dash = 0;
        if (std::istringstream(line) >> std::hex >> from >> dash >> to && dash == '-')
            here = from <= wanted && wanted < to;
        else if (here && line.starts_with("VmFlags:"))
            return line + ' ';
    }
    return "";
}

TEST(Secret, IsNeitherSwappedNorDumped) {
    const Secret small(std::string_view("small"));
    const Secret large = Secret::take(std::string(50'000, 'l'));
    for (const Secret* secret : {&small, &large}) {
        const std::string flags = flags_of(secret->reveal().data());
        EXPECT_NE(flags.find(" lo "), std::string::npos) << flags << "(RLIMIT_MEMLOCK?)";
        EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
    }
}

TEST(Secret, IsHadWithoutTheRightToLock) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_MEMLOCK, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_MEMLOCK, &none), 0);
    // Larger than what is locked already.
    EXPECT_EQ(Secret::take(std::string(90'000, 'l')).reveal().size(), 90'000U);
    ASSERT_EQ(::setrlimit(RLIMIT_MEMLOCK, &before), 0);
}

} // namespace
} // namespace leasehold
