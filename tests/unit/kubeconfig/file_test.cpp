// Which file is edited, and how one is overwritten that cannot be replaced.
#include "kubeconfig/file/file.hpp"
#include "kubeconfig/file/replacement.hpp"
#include "src/base/fd.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <sstream>

#include <unistd.h>

namespace leasehold::kubeconfig {
namespace {

std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

Result<Outcome> append(const std::string& path) {
    return edit_file(path, {.lock_wait = Milliseconds(100)},
                     [](std::string old) { return Result<std::string>(std::move(old) + "new\n"); });
}

class Editing : public testing::Test {
protected:
    [[nodiscard]] std::string at(const std::string& name) const {
        return directory_.path() + '/' + name;
    }
    // How many files there are, locks, backups and temporary ones included.
    [[nodiscard]] std::ptrdiff_t count() const {
        return std::distance(std::filesystem::directory_iterator(directory_.path()), {});
    }

    PrivateDirectory directory_;
};

TEST_F(Editing, FollowsLinksToTheFileItself) {
    directory_.write("real", "old\n");
    std::filesystem::create_symlink("real", at("second"));
    std::filesystem::create_symlink(at("second"), at("first"));
    const auto outcome = append(at("first"));
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->path, at("real"));
    EXPECT_TRUE(outcome->changed);
    EXPECT_FALSE(outcome->created);
    EXPECT_EQ(read(at("real")), "old\nnew\n");
    EXPECT_TRUE(std::filesystem::is_symlink(at("first")));
    EXPECT_EQ(count(), 3);
}

TEST_F(Editing, ALinkMayLeadToAFileThatIsToBe) {
    std::filesystem::create_symlink("real", at("link"));
    const auto outcome = append(at("link"));
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->created);
    EXPECT_EQ(read(at("real")), "new\n");
    EXPECT_TRUE(std::filesystem::is_symlink(at("link")));
}

TEST_F(Editing, RefusesLinksWithoutEndAndWhatIsBelowAFile) {
    std::filesystem::create_symlink("b", at("a"));
    std::filesystem::create_symlink("a", at("b"));
    EXPECT_FALSE(append(at("a")));
    directory_.write("file", "old\n");
    EXPECT_FALSE(append(at("file/config")));
    EXPECT_EQ(read(at("file")), "old\n");
    EXPECT_EQ(count(), 3);
}

TEST_F(Editing, RefusesPipesUnderProc) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const Fd out(ends[0]);
    const Fd in(ends[1]);
    for (const int end : ends) {
        const auto outcome = append("/dev/fd/" + std::to_string(end));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("cannot be edited"), std::string::npos)
            << outcome.error().message;
    }
}

TEST_F(Editing, OverwritesInPlaceAndLeavesNoBackup) {
    const std::string path = directory_.write("config", "old and longer\n");
    errno = EIO; // of an earlier call: no matter
    ASSERT_TRUE(rewrite_in_place(path, path, "old and longer\n", "new\n"));
    EXPECT_EQ(read(path), "new\n");
    EXPECT_EQ(count(), 1);
}

TEST_F(Editing, OverwritesNothingWithoutABackup) {
    const std::string path = directory_.write("config", "old\n");
    EXPECT_FALSE(rewrite_in_place(path, at("missing/config"), "old\n", "new\n"));
    EXPECT_EQ(read(path), "old\n");
    EXPECT_FALSE(rewrite_in_place(at("none"), at("none"), "", "new\n"));
    EXPECT_EQ(count(), 1);
}

} // namespace
} // namespace leasehold::kubeconfig
