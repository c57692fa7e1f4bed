#include "src/http/dial.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/local_fault.hpp"
#include "src/http/network.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include <netdb.h>

namespace leasehold::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCodeOfSystem = boost::system::error_code;

constexpr Milliseconds stagger{250};

// What the resolver's thread and its caller share; whoever is last frees it.
struct Resolution {
    std::mutex mutex;
    std::condition_variable done_signal;
    bool done = false;
    int result = 0;
    Endpoints endpoints;
};

Endpoints read_list(const addrinfo* list) {
    Endpoints endpoints;
    for (; list != nullptr && endpoints.size() < 32; list = list->ai_next) {
        tcp::endpoint endpoint;
        if (list->ai_addrlen > endpoint.capacity())
            continue;
        std::memcpy(endpoint.data(), list->ai_addr, list->ai_addrlen);
        endpoint.resize(list->ai_addrlen);
        endpoints.push_back(endpoint);
    }
    return endpoints;
}

// A name server that is short of breath gets a second (RFC 1035, section 4.2.1, leaves it to us).
constexpr Milliseconds before_asking_again{200};

void look_up(const std::shared_ptr<Resolution>& shared, const std::string& host,
             std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const std::string service = std::to_string(port);
    int result = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
    if (result == EAI_AGAIN) {
        std::this_thread::sleep_for(before_asking_again);
        result = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
    }
    const std::lock_guard lock(shared->mutex);
    shared->result = result;
    shared->endpoints = read_list(list);
    shared->done = true;
    if (list != nullptr)
        ::freeaddrinfo(list);
    shared->done_signal.notify_one();
}

Failure resolve_failure(ErrorCode code, std::string message, std::string hint) {
    return {make_error(code, std::move(message), std::move(hint)), Stage::resolve, false};
}

Failure resolver_says(const std::string& host, int result) {
    if (auto lack = local_fault("cannot look up " + quoted(host), network_fault()))
        return {*std::move(lack), Stage::resolve, false};
    if (result == EAI_AGAIN)
        return resolve_failure(ErrorCode::unreachable,
                               "the name server does not answer for " + quoted(host),
                               "check the network and /etc/resolv.conf");
    return resolve_failure(ErrorCode::unreachable,
                           "there is no address for " + quoted(host) + ": " +
                               ::gai_strerror(result),
                           "check the name; a VPN may be needed to see it");
}

Error no_thread(const std::string& host, int error_number) {
    const std::string what = "cannot start the thread that looks up " + quoted(host);
    return local_fault(what, error_number)
        .value_or(system_error(ErrorCode::internal, what, error_number));
}

// Races the attempts on one io_context.
class Race {
public:
    Race(asio::io_context& io, const Endpoints& endpoints)
        : io_(io), endpoints_(endpoints), timer_(io) {}

    std::optional<tcp::socket> run(Deadline deadline) {
        io_.restart();
        start_next();
        io_.run_until(deadline.time());
        const bool finished = winner_ != nullptr || failed_ == endpoints_.size();
        timed_out_ = !finished;
        stopped_ = true;
        timer_.cancel();
        for (tcp::socket& socket : sockets_)
            if (&socket != winner_) {
                ErrorCodeOfSystem ignored;
                (void)socket.close(ignored);
            }
        io_.restart();
        io_.run(); // the handlers of what was cancelled
        if (winner_ == nullptr)
            return std::nullopt;
        return std::move(*winner_);
    }
    [[nodiscard]] bool timed_out() const { return timed_out_; }
    // Of the last attempt; if one of them met a server or a network, of that.
    [[nodiscard]] const ErrorCodeOfSystem& last_error() const { return last_error_; }

private:
    void start_next() {
        if (winner_ != nullptr || stopped_ || next_ == endpoints_.size())
            return;
        const tcp::endpoint endpoint = endpoints_[next_++];
        tcp::socket& socket = sockets_.emplace_back(io_);
        socket.async_connect(endpoint,
                             [this, &socket](ErrorCodeOfSystem error) { finish(socket, error); });
        timer_.expires_after(stagger);
        timer_.async_wait([this](ErrorCodeOfSystem error) {
            if (!error)
                start_next();
        });
    }
    void finish(tcp::socket& socket, ErrorCodeOfSystem error) {
        if (stopped_ || winner_ != nullptr)
            return;
        if (!error) {
            winner_ = &socket;
            stop();
            return;
        }
        if (!last_error_ || is_local(last_error_) || !is_local(error))
            last_error_ = error;
        if (++failed_ == endpoints_.size())
            return stop();
        start_next();
    }
    static bool is_local(const ErrorCodeOfSystem& error) {
        return local_fault("", error.value()).has_value();
    }
    void stop() {
        stopped_ = true;
        timer_.cancel();
        io_.stop();
    }

    asio::io_context& io_;
    const Endpoints& endpoints_;
    asio::steady_timer timer_;
    std::list<tcp::socket> sockets_;
    tcp::socket* winner_ = nullptr;
    std::size_t next_ = 0;
    std::size_t failed_ = 0;
    bool stopped_ = false;
    bool timed_out_ = false;
    ErrorCodeOfSystem last_error_;
};

} // namespace

HttpResult<Endpoints> resolve_host(const std::string& host, std::uint16_t port, Deadline deadline) {
    ErrorCodeOfSystem no_literal;
    const auto address = asio::ip::make_address(host, no_literal);
    if (!no_literal)
        return Endpoints{tcp::endpoint(address, port)};
    const auto shared = std::make_shared<Resolution>();
    sigset_t all;
    sigset_t old;
    (void)::sigfillset(&all);
    (void)::pthread_sigmask(SIG_SETMASK, &all, &old);
    int thread_error = 0;
    try {
        std::thread(look_up, shared, host, port).detach();
    } catch (const std::system_error& error) {
        thread_error = error.code().value();
    }
    (void)::pthread_sigmask(SIG_SETMASK, &old, nullptr);
    if (thread_error != 0)
        return Failure{no_thread(host, thread_error), Stage::resolve, false};
    std::unique_lock lock(shared->mutex);
    if (!shared->done_signal.wait_until(lock, deadline.time(), [&] { return shared->done; }))
        return resolve_failure(ErrorCode::timed_out,
                               "DNS timeout: looking up " + quoted(host) + " took too long",
                               "check the network and /etc/resolv.conf");
    if (shared->result != 0)
        return resolver_says(host, shared->result);
    return interleave(shared->endpoints);
}

Endpoints interleave(const Endpoints& endpoints) {
    Endpoints first;
    Endpoints second;
    for (const tcp::endpoint& endpoint : endpoints)
        (endpoint.protocol() == endpoints.front().protocol() ? first : second).push_back(endpoint);
    Endpoints mixed;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size())
            mixed.push_back(first[i]);
        if (i < second.size())
            mixed.push_back(second[i]);
    }
    return mixed;
}

HttpResult<tcp::socket> connect_any(asio::io_context& io, const Endpoints& endpoints,
                                    const std::string& name, Deadline deadline) {
    Race race(io, endpoints);
    if (auto socket = race.run(deadline))
        return *std::move(socket);
    const std::string tried = std::to_string(endpoints.size()) +
                              (endpoints.size() == 1 ? " address" : " addresses") + " tried";
    if (race.timed_out())
        return Failure{
            make_error(ErrorCode::timed_out,
                       "connecting to " + quoted(name) + " took too long (" + tried + ')',
                       "is the server up, and is a VPN or proxy needed to reach it?"),
            Stage::connect, false};
    if (auto lack = local_fault("cannot connect to " + quoted(name), race.last_error().value()))
        return Failure{*std::move(lack), Stage::connect, false};
    return Failure{make_error(ErrorCode::unreachable,
                              "cannot connect to " + quoted(name) + ": " +
                                  race.last_error().message() + " (" + tried + ')',
                              "is the server up, and is a VPN or proxy needed to reach it?"),
                   Stage::connect, false};
}

} // namespace leasehold::http
