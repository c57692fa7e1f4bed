#include "src/http/dial.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <list>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace leasehold::http {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

// A listener on loopback; `deaf` ones have a full backlog, so that SYNs are dropped as by a
// firewall.
class Listener {
public:
    explicit Listener(bool deaf = false) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(fd_, deaf ? 0 : 16), 0);
        socklen_t length = sizeof address;
        EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length), 0);
        port_ = ntohs(address.sin_port);
        for (int i = 0; deaf && i < 4; ++i) {
            fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            (void)::connect(fillers_.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        }
    }
    ~Listener() {
        ::close(fd_);
        for (const int filler : fillers_)
            ::close(filler);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    [[nodiscard]] tcp::endpoint endpoint() const { return {make_address("127.0.0.1"), port_}; }

private:
    int fd_;
    std::uint16_t port_ = 0;
    std::list<int> fillers_;
};

tcp::endpoint closed_port() {
    return {make_address("127.0.0.1"), 1};
}

struct Outcome {
    HttpResult<tcp::socket> socket;
    Milliseconds took;
};

Outcome connect(boost::asio::io_context& io, const Endpoints& endpoints,
                Milliseconds limit = Seconds(60)) {
    const auto begin = std::chrono::steady_clock::now();
    auto socket = connect_any(io, endpoints, "test", Deadline::after(limit));
    return {std::move(socket),
            std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin)};
}

// NET-5, F11: a first address that swallows packets costs a quarter of a second, not the budget.
TEST(ConnectAny, DoesNotWaitForABlackHole) {
    boost::asio::io_context io;
    const Listener deaf(true);
    const Listener good;
    const Outcome outcome = connect(io, {deaf.endpoint(), good.endpoint()});
    ASSERT_TRUE(outcome.socket) << outcome.socket.error().error.message;
    EXPECT_EQ(outcome.socket->remote_endpoint(), good.endpoint());
    EXPECT_LT(outcome.took, Seconds(15)) << "it waited for the deaf one";
}

TEST(ConnectAny, GoesOnAtOnceWhenAnAddressRefuses) {
    boost::asio::io_context io;
    const Listener good;
    Endpoints endpoints(100, closed_port());
    endpoints.push_back(good.endpoint());
    const Outcome outcome = connect(io, endpoints);
    ASSERT_TRUE(outcome.socket);
    // A hundred staggers are 25 seconds; a busy machine is not that slow.
    EXPECT_LT(outcome.took, Seconds(15)) << "it waited for its stagger";
}

TEST(ConnectAny, NamesTheLastErrorAndHowManyWereTried) {
    boost::asio::io_context io;
    const Outcome outcome = connect(io, {closed_port(), closed_port()});
    ASSERT_FALSE(outcome.socket);
    const Failure& failure = outcome.socket.error();
    EXPECT_EQ(failure.error.code, ErrorCode::unreachable);
    EXPECT_EQ(failure.stage, Stage::connect);
    EXPECT_FALSE(failure.sent);
    EXPECT_NE(failure.error.message.find("refused"), std::string::npos) << failure.error.message;
    EXPECT_NE(failure.error.message.find("2 addresses tried"), std::string::npos);
}

TEST(ConnectAny, EndsAtTheDeadline) {
    boost::asio::io_context io;
    const Listener deaf(true);
    const Outcome outcome = connect(io, {deaf.endpoint(), deaf.endpoint()}, Milliseconds(400));
    ASSERT_FALSE(outcome.socket);
    EXPECT_EQ(outcome.socket.error().error.code, ErrorCode::timed_out);
    EXPECT_LT(outcome.took, Seconds(15));
}

TEST(Interleave, TakesTheFamiliesInTurn) {
    const tcp::endpoint a6(make_address("::1"), 1);
    const tcp::endpoint b6(make_address("::2"), 1);
    const tcp::endpoint c6(make_address("::3"), 1);
    const tcp::endpoint a4(make_address("127.0.0.1"), 1);
    EXPECT_EQ(interleave({a6, b6, c6, a4}), (Endpoints{a6, a4, b6, c6}));
    EXPECT_EQ(interleave({a4, a6, b6}), (Endpoints{a4, a6, b6}));
    EXPECT_EQ(interleave({}), Endpoints{});
}

TEST(ResolveHost, TakesLiteralsWithoutAsking) {
    const auto v4 = resolve_host("127.0.0.1", 7, Deadline::after(Seconds(0)));
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->front(), tcp::endpoint(make_address("127.0.0.1"), 7));
    const auto v6 = resolve_host("::1", 7, Deadline::after(Seconds(0)));
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->front(), tcp::endpoint(make_address("::1"), 7));
}

} // namespace
} // namespace leasehold::http
