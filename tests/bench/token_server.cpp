// A server that answers every request at once, with a token, with the record that a revocable
// lease has, or with an empty list, so that a lease measured against it is the client's time and
// not the server's:
//
//     bench_token_server CERTIFICATE KEY
//
// TLS 1.3 on 127.0.0.1; prints the port, and when stdin ends how many requests and tokens there
// were, and goes. The token is for the service
// account ci/deployer and good for an hour.
#include "src/base/fd.hpp"
#include "src/base/time.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <string>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace leasehold;

std::string base64url_encode(const std::string& bytes) {
    std::string text(bytes.size() / 3 * 4 + 5, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::find(text.begin(), text.end(), '='), text.end());
    return text;
}

constexpr char record_uid[] = "33333333-3333-4333-8333-333333333333";

// The first `"name"` after `place`; empty if there is none.
std::string name_after(const std::string& request, const char* place) {
    const std::string field = R"("name":")";
    const std::size_t from = request.find(place);
    const std::size_t at = from == std::string::npos ? from : request.find(field, from);
    if (at == std::string::npos)
        return {};
    const std::size_t begin = at + field.size();
    return request.substr(begin, request.find('"', begin) - begin);
}

// `record`: the Secret that it is bound to, if any.
std::string token(std::time_t now, const std::string& record) {
    const std::string bound =
        record.empty() ? ""
                       : R"("secret":{"name":")" + record + R"(","uid":")" + record_uid + "\"},";
    const std::string claims =
        R"({"aud":["https://kubernetes.default.svc"],"exp":)" + std::to_string(now + 3600) +
        R"(,"iat":)" + std::to_string(now) +
        R"(,"iss":"https://kubernetes.default.svc","jti":"11111111-1111-4111-8111-111111111111",)"
        R"("kubernetes.io":{"namespace":"ci",)" +
        bound +
        R"("serviceaccount":{"name":"deployer","uid":"22222222-2222-4222-8222-222222222222"}},)"
        R"("nbf":)" +
        std::to_string(now) + R"(,"sub":"system:serviceaccount:ci:deployer"})";
    return base64url_encode(R"({"alg":"RS256","kid":"bench"})") + '.' + base64url_encode(claims) +
           '.' + base64url_encode(std::string(256, 'x'));
}

std::string answered(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

std::string created(const std::string& body) {
    return answered("201 Created", body);
}

std::string token_answer(const std::string& record) {
    const std::time_t now = std::time(nullptr);
    return created(
        R"({"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","metadata":{},"spec":)"
        R"({"audiences":["https://kubernetes.default.svc"],"expirationSeconds":3600},"status":)"
        R"({"token":")" +
        token(now, record) + R"(","expirationTimestamp":")" + format_rfc3339(now + 3600) + "\"}}");
}

std::atomic<unsigned long> requests{0};
std::atomic<unsigned long> tokens{0};

std::string answer(const std::string& request) {
    ++requests;
    if (request.find("/token HTTP/1.1") != std::string::npos) {
        ++tokens;
        return token_answer(name_after(request, R"("boundObjectRef")"));
    }
    if (request.starts_with("GET "))
        return answered("200 OK", R"({"kind":"List","apiVersion":"v1","metadata":{},"items":[]})");
    return created(R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":")" +
                   name_after(request, R"("metadata")") + R"(","namespace":"ci","uid":")" +
                   record_uid + "\"}}");
}

// Reads one request into `text`; false when the client is gone.
bool read_request(SSL* tls, std::string& text) {
    text.clear();
    std::array<char, 4096> buffer;
    while (true) {
        const int count = SSL_read(tls, buffer.data(), static_cast<int>(buffer.size()));
        if (count <= 0)
            return false;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        const std::size_t end = text.find("\r\n\r\n");
        if (end == std::string::npos)
            continue;
        const std::size_t length = text.find("Content-Length: ");
        const std::size_t body =
            length < end ? std::strtoul(text.c_str() + length + 16, nullptr, 10) : 0;
        if (text.size() >= end + 4 + body)
            return true;
    }
}

void serve(SSL_CTX* context, int fd) {
    std::string request;
    SSL* tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    // Else the answer waits 40 ms behind the session tickets.
    const int yes = 1;
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (SSL_accept(tls) == 1)
        while (read_request(tls, request)) {
            const std::string text = answer(request);
            (void)SSL_write(tls, text.data(), static_cast<int>(text.size()));
        }
    SSL_free(tls);
    (void)::close(fd);
}

Fd listen_on_loopback() {
    Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener.get(), raw, size) != 0 || ::listen(listener.get(), 128) != 0 ||
        ::getsockname(listener.get(), raw, &size) != 0)
        return {};
    std::printf("%d\n", ntohs(address.sin_port));
    (void)std::fflush(stdout);
    return listener;
}

} // namespace

int main(int argc, char** argv) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    if (argc != 3 || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_use_certificate_chain_file(context, argv[1]) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) != 1)
        return 2;
    (void)std::signal(SIGPIPE, SIG_IGN);
    const Fd listener = listen_on_loopback();
    if (!listener)
        return 1;
    std::thread([] {
        char byte = 0;
        while (::read(0, &byte, 1) > 0) {
        }
        std::printf("%lu requests, %lu tokens\n", requests.load(), tokens.load());
        (void)std::fflush(stdout);
        ::_exit(0);
    }).detach();
    while (true)
        if (const int fd = ::accept(listener.get(), nullptr, nullptr); fd >= 0)
            std::thread(serve, context, fd).detach();
}
