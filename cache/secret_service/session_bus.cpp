#include "cache/secret_service/session_bus.hpp"

#include "src/base/error.hpp"
#include "src/base/fd.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

struct Socket {
    std::string path;
    bool abstract = false;
};

StoreError bus_error(StoreFault fault, std::string message) {
    return {fault, "session bus: " + std::move(message)};
}

int hex_digit(char c) {
    const std::size_t at = std::string_view("0123456789abcdef0123456789ABCDEF").find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at % 16);
}

std::optional<std::string> unescape(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        const bool escape = text.front() == '%';
        if (escape && (text.size() < 3 || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0))
            return std::nullopt;
        bytes.push_back(escape ? static_cast<char>(hex_digit(text[1]) * 16 + hex_digit(text[2]))
                               : text.front());
        text.remove_prefix(escape ? 3 : 1);
    }
    return bytes;
}

std::string escape(std::string_view bytes) {
    constexpr std::string_view plain = "-_/.\\*";
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const bool alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        const auto byte = static_cast<unsigned char>(c);
        if (alphanumeric || plain.find(c) != std::string_view::npos)
            text.push_back(c);
        else
            text.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return text;
}

// "unix:path=/run/user/1000/bus,guid=..."
std::optional<Socket> parse_address(std::string_view address, const std::string& runtime_bus) {
    if (!address.starts_with("unix:"))
        return std::nullopt;
    address.remove_prefix(5);
    while (!address.empty()) {
        const std::string_view pair = address.substr(0, address.find(','));
        address.remove_prefix(std::min(pair.size() + 1, address.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view name = pair.substr(0, equals);
        auto value = unescape(pair.substr(std::min(equals + 1, pair.size())));
        if (name == "runtime" && !runtime_bus.empty())
            return Socket{runtime_bus};
        if (value && !value->empty() && (name == "path" || name == "abstract"))
            return Socket{*std::move(value), name == "abstract"};
    }
    return std::nullopt;
}

std::string runtime_bus(const Environment& environment) {
    const std::string directory = environment.value("XDG_RUNTIME_DIR");
    return directory.starts_with('/') ? directory + "/bus" : "";
}

StoreResult<Socket> choose_socket(const Environment& environment) {
    const std::string address = environment.value("DBUS_SESSION_BUS_ADDRESS");
    const std::string in_runtime = runtime_bus(environment);
    if (address.empty()) {
        const std::string usual = "/run/user/" + std::to_string(::geteuid()) + "/bus";
        return Socket{in_runtime.empty() ? usual : in_runtime};
    }
    std::string_view rest = address;
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        if (auto socket = parse_address(one, in_runtime))
            return *std::move(socket);
    }
    return bus_error(StoreFault::refused,
                     "DBUS_SESSION_BUS_ADDRESS names no unix socket: " + quoted(address));
}

struct SocketAddress {
    sockaddr_un name{};
    socklen_t size = 0;
};

std::optional<SocketAddress> socket_address(const Socket& socket) {
    SocketAddress address;
    address.name.sun_family = AF_UNIX;
    const std::size_t skipped = socket.abstract ? 1 : 0;
    if (socket.path.size() + 1 > sizeof address.name.sun_path ||
        socket.path.find('\0') != std::string::npos)
        return std::nullopt;
    std::memcpy(address.name.sun_path + skipped, socket.path.data(), socket.path.size());
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.path.size() + 1);
    return address;
}

StoreResult<void> check_peer(int fd, const std::string& where) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return bus_error(StoreFault::failed, where + ": " + errno_text(errno));
    if (peer.uid != ::geteuid())
        return bus_error(StoreFault::refused,
                         where + " belongs to uid " + std::to_string(peer.uid) + ", not to us");
    return {};
}

StoreResult<void> check_socket(const Socket& socket) {
    const std::string where = quoted(socket.path);
    const auto address = socket_address(socket);
    if (!address)
        return bus_error(StoreFault::refused, where + " is no socket's name");
    const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd)
        return bus_error(StoreFault::failed, errno_text(errno));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address->name), address->size) == 0)
        return check_peer(fd.get(), where);
    if (errno == EAGAIN) // its backlog is full: nobody accepts
        return bus_error(StoreFault::timed_out, where + " does not answer");
    return bus_error(StoreFault::unavailable, where + ": " + errno_text(errno));
}

} // namespace

StoreResult<std::string> find_session_bus(const Environment& environment) {
    LEASEHOLD_TRY_ASSIGN(const Socket socket, choose_socket(environment));
    LEASEHOLD_TRY(check_socket(socket));
    return (socket.abstract ? "unix:abstract=" : "unix:path=") + escape(socket.path);
}

} // namespace leasehold::cache
