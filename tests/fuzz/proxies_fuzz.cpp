// The environment's proxies, and what they answer.
#include "src/http/connect_tunnel.hpp"
#include "src/http/proxy.hpp"
#include "src/http/proxy_environment.hpp"
#include "src/http/socks_tunnel.hpp"
#include "tests/fuzz/fuzzed.hpp"

#include <sys/socket.h>
#include <unistd.h>

using namespace leasehold;
namespace asio = boost::asio;

namespace {

// An end of a pair of sockets at whose other end all of `script` has been said, and no more comes.
asio::ip::tcp::socket scripted(asio::io_context& io, std::string_view script, int& other) {
    int ends[2] = {-1, -1};
    fuzz::require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "a socket pair");
    other = ends[1];
    (void)!::write(other, script.data(), script.size());
    (void)::shutdown(other, SHUT_WR);
    asio::ip::tcp::socket socket(io);
    socket.assign(asio::ip::tcp::v4(), ends[0]);
    return socket;
}

template <class Open>
void answer(std::string_view script, const Url& proxy, const Url& server, Open open) {
    asio::io_context io;
    int other = -1;
    http::Route route(scripted(io, script.substr(0, 64 * 1024), other));
    const auto opened = open(io, route, http::Tunnel{proxy, server, Deadline::after(Seconds(10))});
    if (!opened)
        fuzz::require_safe(opened.error().error);
    (void)::close(other);
}

void ask_environment(std::string_view proxy, std::string_view no_proxy, std::string_view host) {
    const auto server = parse_https_url("https://" + std::string(host), "server");
    if (!server)
        return;
    const Environment environment(
        {{"HTTPS_PROXY", std::string(proxy)}, {"NO_PROXY", std::string(no_proxy)}});
    const auto found = http::proxy_from_environment(*server, environment);
    fuzz::require_safe(found);
    if (found && *found) {
        fuzz::require(!http::matches_no_proxy(no_proxy, server->host, server->port),
                      "no proxy where none is wanted");
        fuzz::require_safe(http::proxy_credential(**found));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parts = fuzz::parts_of(fuzz::text_of(data, size), 4);
    ask_environment(parts[0], parts[1], parts[2]);
    static const Url server = *parse_https_url("https://dev.example:6443", "server");
    static const Url web =
        *parse_url("http://user:word@proxy.example:3128", {"http"}, "proxy", true);
    static const Url socks =
        *parse_url("socks5://user:word@proxy.example:1080", {"socks5"}, "proxy", true);
    answer(parts[3], web, server, http::open_connect_tunnel);
    answer(parts[3], socks, server, http::open_socks_tunnel);
    return 0;
}
