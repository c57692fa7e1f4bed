// An HTTP server that says anything, in one piece or in several: chunks, lengths, headers.
#include "src/http/client.hpp"
#include "src/http/json_body.hpp"
#include "tests/fuzz/fuzzed.hpp"

#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace leasehold;

namespace {

// A server on loopback that takes what it is asked and says what it has been told to.
class ScriptedServer {
public:
    ScriptedServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fuzz::require(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) ==
                              0 &&
                          ::listen(listener_, 8) == 0,
                      "a server on loopback");
        socklen_t size = sizeof address;
        (void)::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
    }

    // Answers one connection.
    void serve(const std::vector<std::string_view>& pieces) const {
        const int peer = ::accept(listener_, nullptr, nullptr);
        char request[4096];
        (void)!::read(peer, request, sizeof request);
        for (const std::string_view piece : pieces)
            (void)::send(peer, piece.data(), piece.size(), MSG_NOSIGNAL);
        (void)::shutdown(peer, SHUT_WR);
        while (::read(peer, request, sizeof request) > 0) {
        }
        (void)::close(peer);
    }

    std::uint16_t port = 0;

private:
    int listener_;
};

class CountingSink final : public http::BodySink {
public:
    void take(std::string_view piece) override { count += piece.size(); }
    std::size_t count = 0;
};

void look_at(const http::HttpResult<http::Response>& response) {
    if (!response)
        return fuzz::require_safe(response.error().error);
    fuzz::require(response->body.size() <= 1 << 20, "no body is longer than is allowed");
    fuzz::require_safe(http::json_body(*response));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScriptedServer server;
    // The first byte says how it is asked; what divides parts divides what is sent at once.
    const bool streams = size > 0 && (data[0] & 1) != 0;
    const auto pieces = fuzz::parts_of(fuzz::text_of(data, size).substr(size > 0 ? 1 : 0), 3);
    std::thread thread([&] { server.serve(pieces); });
    {
        http::Server where;
        where.url.scheme = "http";
        where.url.host = "127.0.0.1";
        where.url.port = server.port;
        const auto client = http::make_http_client(std::move(where));
        CountingSink sink;
        http::Request request;
        request.method = "POST"; // asked once, whatever becomes of it
        request.target = "/";
        request.sink = streams ? &sink : nullptr;
        look_at(client->exchange(request, Deadline::after(Seconds(10))));
    }
    thread.join();
    return 0;
}
