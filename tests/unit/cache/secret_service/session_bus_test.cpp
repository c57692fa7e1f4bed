#include "cache/secret_service/session_bus.hpp"
#include "src/base/fd.hpp"
#include "tests/support/left_out.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <filesystem>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

class SessionBusTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "leasehold bus-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    // `name` begins with '@' for an abstract socket.
    static Fd listen_at(const std::string& name) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::memcpy(address.sun_path, name.data(), name.size());
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() +
                                                 (name[0] == '@' ? 0 : 1));
        if (name[0] == '@')
            address.sun_path[0] = '\0';
        Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size), 0) << name;
        EXPECT_EQ(::listen(fd.get(), 16), 0);
        return fd;
    }
    static std::string found(const std::string& address, const std::string& runtime = "") {
        Environment::Variables variables;
        if (!address.empty())
            variables["DBUS_SESSION_BUS_ADDRESS"] = address;
        if (!runtime.empty())
            variables["XDG_RUNTIME_DIR"] = runtime;
        const auto bus = find_session_bus(Environment(variables));
        return bus ? *bus
                   : "(" + std::to_string(static_cast<int>(bus.error().fault)) + ") " +
                         bus.error().message;
    }
    // The directory's name holds a space, which the address must carry as %20.
    [[nodiscard]] std::string escaped_directory() const {
        std::string text = directory_;
        return text.replace(text.find(' '), 1, "%20");
    }

    std::string directory_;
};

TEST_F(SessionBusTest, FindsTheSocketOfTheAddress) {
    const Fd bus = listen_at(directory_ + "/bus");
    const std::string address = "unix:path=" + escaped_directory() + "/bus";
    EXPECT_EQ(found(address), address);
    EXPECT_EQ(found(address + ",guid=00112233445566778899aabbccddeeff"), address)
        << "only the socket is handed on";
    EXPECT_EQ(found("tcp:host=example.org;" + address), address);
    EXPECT_EQ(found("unix:guid=00,path=" + directory_ + "/bus"), address);
}

TEST_F(SessionBusTest, FindsTheRuntimeDirectorysSocket) {
    const Fd bus = listen_at(directory_ + "/bus");
    const std::string address = "unix:path=" + escaped_directory() + "/bus";
    EXPECT_EQ(found("", directory_), address);
    EXPECT_EQ(found("unix:runtime=yes", directory_), address);
}

TEST_F(SessionBusTest, FindsAnAbstractSocket) {
    const std::string name = "leasehold-test-" + std::to_string(::getpid());
    // An abstract name has no terminator: its length counts.
    const Fd bus = listen_at("@" + name);
    EXPECT_EQ(found("unix:abstract=" + name), "unix:abstract=" + name);
}

TEST_F(SessionBusTest, TakesNoTooLongOrBrokenName) {
    for (const std::string& address :
         {"unix:path=/" + std::string(200, 'x'), std::string("unix:path=/a%00b"),
          std::string("unix:path=%4"), std::string("unix:,,,="), std::string(";;")})
        EXPECT_TRUE(found(address).starts_with("(4)")) << address << ": " << found(address);
}

// SS-8: a socket that another user put in our way.
TEST_F(SessionBusTest, RefusesAnotherUsersBus) {
    LEASEHOLD_NEED_ROOT();
    ASSERT_EQ(::chmod(directory_.c_str(), 0777), 0);
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t rogue = ::fork();
    if (rogue == 0) {
        if (::setresgid(54'321, 54'321, 54'321) != 0 || ::setresuid(54'321, 54'321, 54'321) != 0)
            ::_exit(1);
        const Fd bus = listen_at(directory_ + "/bus");
        (void)::chmod((directory_ + "/bus").c_str(), 0777);
        (void)!::write(ready[1], "x", 1);
        ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    const std::string answer = found("unix:path=" + directory_ + "/bus");
    EXPECT_TRUE(answer.starts_with("(4)")) << answer;
    EXPECT_NE(answer.find("54321"), std::string::npos) << answer;
    ASSERT_EQ(::kill(rogue, SIGKILL), 0);
    ASSERT_EQ(::waitpid(rogue, nullptr, 0), rogue);
    ::close(ready[0]);
    ::close(ready[1]);
}

} // namespace
} // namespace leasehold::cache
