// What becomes of what others write to a kubeconfig right before it is replaced: the moment is met
// by a renameat2() of our own (the linker's --wrap).
#include "kubeconfig/file/file.hpp"
#include "src/base/files.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

std::function<void()> before_rename; // once

} // namespace

extern "C" int __real_renameat2(int, const char*, int, const char*, unsigned);
extern "C" int __wrap_renameat2(int from, const char* old_path, int to, const char* new_path,
                                unsigned flags) {
    if (const auto act = std::exchange(before_rename, nullptr))
        act();
    return __real_renameat2(from, old_path, to, new_path, flags);
}

namespace leasehold::kubeconfig {
namespace {

bool somebody_waits_for_a_lease() {
    std::ifstream locks("/proc/locks");
    const std::string me = ' ' + std::to_string(::getpid()) + ' ';
    for (std::string line; std::getline(locks, line);)
        if (line.find("LEASE") != std::string::npos && line.find("BREAKING") != std::string::npos &&
            line.find(me) != std::string::npos)
            return true;
    return false;
}

std::string without_entry(const std::string& text) {
    const std::size_t at = text.find("entry\n");
    return at == std::string::npos ? text : text.substr(0, at) + text.substr(at + 6);
}

class Overtaken : public testing::Test {
protected:
    void TearDown() override {
        before_rename = nullptr;
        for (std::thread& writer : writers_)
            writer.join();
    }

    // Begins to write the file as programs do that know no lock; answers when it waits to.
    void begin_to_write(const std::string& text) {
        writers_.emplace_back([this, text] {
            const int fd = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC); // waits for our lease
            if (::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()))
                (void)!::ftruncate(fd, static_cast<off_t>(text.size()));
            ::close(fd);
        });
        for (int i = 0; i < 5000 && !somebody_waits_for_a_lease(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ASSERT_TRUE(somebody_waits_for_a_lease()) << "this file system has no leases";
    }

    void write(const std::string& text) const { directory_.write("config", text); }

    std::string read() const {
        std::ostringstream text;
        text << std::ifstream(path_).rdbuf();
        return text.str();
    }

    // As `kubeconfig remove`: that there is nothing to remove is an error.
    Result<Outcome> remove_entry(const std::function<void()>& in_second_edit = nullptr) {
        int edits = 0;
        return edit_file(path_, {}, [&](const std::string& old) -> Result<std::string> {
            if (++edits == 2 && in_second_edit)
                in_second_edit();
            std::string text = without_entry(old);
            if (text == old)
                return make_error(ErrorCode::configuration, "there is no entry");
            return text;
        });
    }

    PrivateDirectory directory_;
    const std::string path_ = directory_.path() + "/config";
    std::vector<std::thread> writers_;
};

TEST_F(Overtaken, WhatIsWrittenToTheOldFileIsEditedInItsTurn) {
    write("one\nentry\n");
    before_rename = [this] { begin_to_write("one\nentry\ntwo\n"); };
    const auto outcome = remove_entry();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->changed);
    EXPECT_EQ(read(), "one\ntwo\n");
}

TEST_F(Overtaken, AChangeThatStandsIsNoErrorWhenOthersWriteOnIt) {
    write("one\nentry\n");
    before_rename = [this] { begin_to_write("one\nentry\ntwo\n"); };
    const auto outcome = remove_entry([this] { begin_to_write("one\nthree\n"); });
    ASSERT_TRUE(outcome) << outcome.error().message << ", though it was removed";
    EXPECT_TRUE(outcome->changed);
    EXPECT_EQ(read(), "one\nthree\n");
}

TEST_F(Overtaken, WhatWasRescuedIsNotGivenUpForLackOfTime) {
    write("one\nentry\n");
    before_rename = [this] { begin_to_write("one\nentry\ntwo\n"); };
    int edits = 0;
    const EditFunction edit = [&](const std::string& old) {
        // The same text again, each time at the wrong moment.
        if (++edits > 1 && edits < 20)
            begin_to_write("one\n");
        return Result<std::string>(without_entry(old));
    };
    const auto outcome = edit_file(path_, {.lock_wait = Milliseconds(1)}, edit);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(read(), "one\ntwo\n");
}

// Looks that show these texts one after the other, and the last one from then on.
std::string settled(std::vector<std::string> texts, int* looks = nullptr) {
    std::size_t next = 0;
    const auto text = read_settled([&]() -> Result<std::string> {
        if (looks != nullptr)
            ++*looks;
        return texts[std::min(next++, texts.size() - 1)];
    });
    return text ? *text : text.error().message;
}

TEST(Reading, AFileThatIsWrittenInPlaceIsReadWhole) {
    EXPECT_EQ(settled({"old"}), "old");
    EXPECT_EQ(settled({"new old", "new new"}), "new new");
    EXPECT_EQ(settled({"", "new", "new newer", "newer newer"}), "newer newer");
}

TEST(Reading, AFileThatIsWrittenAllTheTimeIsGivenUp) {
    std::vector<std::string> texts;
    for (int i = 0; i < 100; ++i)
        texts.push_back(std::to_string(i));
    int looks = 0;
    EXPECT_EQ(settled(texts, &looks), "19");
    EXPECT_EQ(looks, 20);
}

TEST(Reading, AFaultEndsIt) {
    const auto text = read_settled(
        []() -> Result<std::string> { return make_error(ErrorCode::internal, "broken"); });
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().message, "broken");
}

} // namespace
} // namespace leasehold::kubeconfig
