#include "src/http/socks_tunnel.hpp"

#include "src/base/hostile_text.hpp"
#include "src/http/phase.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace leasehold::http {
namespace {

namespace asio = boost::asio;
using SystemCode = boost::system::error_code;

constexpr char version = 5;
constexpr char no_authentication = 0;
constexpr char with_password = 2;
constexpr char nothing_acceptable = '\xff';
constexpr char address_ipv4 = 1;
constexpr char address_name = 3;
constexpr char address_ipv6 = 4;
constexpr std::size_t longest_field = 255; // each has one byte for its length

constexpr std::array<const char*, 9> reply_texts = {
    "succeeded",
    "it failed without saying why",
    "its rules do not allow this server",
    "it cannot reach the server's network",
    "it cannot reach the server's host, or does not know its name",
    "the server refuses its connection",
    "its connection to the server timed out",
    "it does not know the command CONNECT",
    "it does not know this type of address"};

std::string with_length(std::string_view text) {
    return static_cast<char>(text.size()) + std::string(text);
}

std::string network_order(std::uint16_t port) {
    return {static_cast<char>(port >> 8), static_cast<char>(port & 0xff)};
}

// ATYP, DST.ADDR and DST.PORT (RFC 1928, section 4).
std::string destination(const Url& server) {
    SystemCode no_literal;
    const auto address = asio::ip::make_address(server.host, no_literal);
    if (no_literal)
        return address_name + with_length(server.host) + network_order(server.port);
    const auto typed = [&](char type, const auto& bytes) {
        return type + std::string(bytes.begin(), bytes.end()) + network_order(server.port);
    };
    return address.is_v4() ? typed(address_ipv4, address.to_v4().to_bytes())
                           : typed(address_ipv6, address.to_v6().to_bytes());
}

class Socks {
public:
    Socks(asio::io_context& io, Route& route, const Tunnel& tunnel)
        : io_(io), route_(route), tunnel_(tunnel) {}

    HttpResult<void> open() {
        auto credential = proxy_credential(tunnel_.proxy);
        if (!credential)
            return Failure{std::move(credential).error(), Stage::proxy, false};
        if (*credential)
            if (auto checked = check_lengths(**credential); !checked)
                return checked;
        auto method = agree_on_method(credential->has_value());
        if (!method)
            return std::move(method).error();
        if (*method == with_password)
            if (auto known = authenticate(**credential); !known)
                return known;
        return connect();
    }

private:
    Failure fail(ErrorCode code, const std::string& what, std::string hint = {}) const {
        return proxy_failure(tunnel_.proxy, code, what, std::move(hint));
    }
    Failure bad(const std::string& what) const {
        return fail(ErrorCode::unreachable, "it does not speak SOCKS5 as it should: " + what,
                    "is it a SOCKS5 proxy? HTTP proxies have http:// in their URL");
    }

    HttpResult<void> check_lengths(const ProxyCredential& credential) const {
        if (credential.user.empty() || credential.user.size() > longest_field ||
            credential.password.size() > longest_field)
            return fail(ErrorCode::configuration,
                        "SOCKS5 takes a user name of 1 to 255 bytes and a password of at most 255");
        return {};
    }

    HttpResult<char> agree_on_method(bool has_credential) {
        std::string hello{version, has_credential ? '\2' : '\1', no_authentication};
        if (has_credential)
            hello += with_password;
        if (auto sent = send(hello); !sent)
            return std::move(sent).error();
        auto answer = receive(2);
        if (!answer)
            return std::move(answer).error();
        if ((*answer)[0] != version)
            return bad("its answer has another version");
        const char method = (*answer)[1];
        if (method == nothing_acceptable)
            return fail(ErrorCode::unreachable,
                        has_credential ? "it takes no user name and password"
                                       : "it wants a user name and password",
                        has_credential ? "" : "give them in its URL: socks5://USER:PASSWORD@HOST");
        if (method != no_authentication && !(has_credential && method == with_password))
            return bad("it chooses a method that was not offered");
        return method;
    }

    // RFC 1929.
    HttpResult<void> authenticate(const ProxyCredential& credential) {
        const std::string message =
            '\1' + with_length(credential.user) + with_length(credential.password.reveal());
        if (auto sent = send(message); !sent)
            return sent;
        auto answer = receive(2);
        if (!answer)
            return std::move(answer).error();
        if ((*answer)[0] != 1)
            return bad("its answer to the password has another version");
        if ((*answer)[1] != 0)
            return fail(ErrorCode::unreachable,
                        "it does not accept the user name and password of its URL",
                        "characters other than letters, digits and -._~ are written as %XX there");
        return {};
    }

    HttpResult<void> connect() {
        if (auto sent = send(std::string{version, '\1', '\0'} + destination(tunnel_.server)); !sent)
            return sent;
        auto answer = receive(4);
        if (!answer)
            return std::move(answer).error();
        const auto reply = static_cast<unsigned char>((*answer)[1]);
        if ((*answer)[0] != version || (*answer)[2] != 0)
            return bad("its answer has another version");
        if (reply >= reply_texts.size())
            return bad("its reply " + std::to_string(reply) + " is not known");
        if (reply != 0)
            return fail(ErrorCode::unreachable, "it does not open the way to " +
                                                    quoted(tunnel_.server.authority()) + ": " +
                                                    reply_texts.at(reply));
        return skip_bound_address((*answer)[3]);
    }

    // BND.ADDR and BND.PORT, of which nothing is used.
    HttpResult<void> skip_bound_address(char type) {
        std::size_t size = type == address_ipv4 ? 4 : 16;
        if (type == address_name) {
            auto length = receive(1);
            if (!length)
                return std::move(length).error();
            size = static_cast<unsigned char>((*length)[0]);
        } else if (type != address_ipv4 && type != address_ipv6) {
            return bad("its answer has an address of no known type");
        }
        if (auto rest = receive(size + 2); !rest)
            return std::move(rest).error();
        // A TLS server is silent until it is spoken to: what is there already is the proxy's.
        SystemCode ignored;
        if (route_.socket().available(ignored) != 0)
            return fail(ErrorCode::unreachable, "it sends bytes of its own into the tunnel");
        return {};
    }

    HttpResult<void> send(const std::string& bytes) {
        done_ = false;
        asio::async_write(route_, asio::buffer(bytes),
                          [this](SystemCode error, std::size_t) { finish(error); });
        return wait();
    }

    HttpResult<std::string> receive(std::size_t size) {
        std::string bytes(size, '\0');
        done_ = false;
        asio::async_read(route_, asio::buffer(bytes),
                         [this](SystemCode error, std::size_t) { finish(error); });
        if (auto waited = wait(); !waited)
            return std::move(waited).error();
        return bytes;
    }

    void finish(SystemCode error) {
        result_ = error;
        done_ = true;
    }

    HttpResult<void> wait() {
        if (!run_phase(io_, done_, tunnel_.deadline, [this] { route_.close(); }))
            return fail(ErrorCode::timed_out, "it does not answer");
        if (result_)
            return fail(ErrorCode::unreachable,
                        "the connection broke: " + hostile_text(result_.message()));
        return {};
    }

    asio::io_context& io_;
    Route& route_;
    const Tunnel& tunnel_;
    bool done_ = false;
    SystemCode result_;
};

} // namespace

HttpResult<void> open_socks_tunnel(asio::io_context& io, Route& route, const Tunnel& tunnel) {
    return Socks(io, route, tunnel).open();
}

} // namespace leasehold::http
