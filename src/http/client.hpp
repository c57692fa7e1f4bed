// One HTTP exchange with one origin over verified TLS, within a deadline (NET-1 to NET-16).
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"
#include "src/base/url.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::http {

struct Header {
    std::string name;
    std::string value;
};

// Header names are compared without regard to case (RFC 9110, section 5.1).
[[nodiscard]] bool same_header_name(std::string_view a, std::string_view b);
// A token of RFC 9110, section 5.6.2.
[[nodiscard]] bool is_header_name(std::string_view text);

// Where the body of a long answer goes, piece by piece, as it comes.
class BodySink {
public:
    virtual ~BodySink() = default;
    virtual void take(std::string_view piece) = 0;
};

struct Request {
    std::string method;
    std::string target;          // "/api/...", percent-encoded; goes below the server's base path
    std::vector<Header> headers; // Accept replaces application/json
    const Secret* bearer = nullptr; // Authorization: Bearer; outlives the exchange
    std::string bearer_header;      // set: the header that has it alone, in place of Authorization
    std::string content_type;       // of the body, if there is one
    Secret body;
    // Done twice it does no harm: it is sent again, once, on a new connection if a kept one ends
    // before a byte of an answer. What only reads (GET) is so always.
    bool repeatable = false;
    // The body of a 200 goes there, up to 64 MiB, and not into the Response; outlives the exchange.
    // Null: bodies are kept, up to 1 MiB.
    BodySink* sink = nullptr;
};

struct Response {
    int status = 0;
    std::vector<Header> headers;
    std::string body;

    // The first header of that name.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

// How far an exchange got.
enum class Stage { resolve, proxy, connect, handshake, send, receive };

struct Failure {
    Error error;
    Stage stage = Stage::resolve;
    bool sent = false;     // some byte of the request may have reached the server
    bool answered = false; // some byte of an answer came
    std::optional<std::string> redirect = {}; // it was one: to where, or "" if that was not said
};

[[noreturn]] void throw_exception_from_error(const Failure& failure,
                                             const boost::source_location& location);

template <class T>
using HttpResult = boost::system::result<T, Failure>;

// Whom to believe that the server is who it should be.
struct TlsTrust {
    std::string ca_pem;                            // these and no others; "": the system's
    std::string ca_name;                           // where ca_pem came from, for messages
    std::string setting = "certificate-authority"; // where a profile can name it, likewise
    std::string server_name;                       // in the certificate and SNI; "": the URL's host
    std::string system_file;                       // SSL_CERT_FILE and
    std::string system_directory;                  // SSL_CERT_DIR, in place of the system's own
};

struct ClientCertificate {
    std::string certificate_pem;
    Secret key_pem;
};

struct Server {
    Url url;
    TlsTrust trust;
    std::optional<ClientCertificate> certificate;
    std::optional<Url> proxy;
};

// How long each phase may take; the deadline of the exchange holds for all together.
struct Budgets {
    Milliseconds resolve = Seconds(5);
    Milliseconds connect = Seconds(5);
    Milliseconds handshake = Seconds(5);
    Milliseconds response = Seconds(15);
};

// Keeps one connection for further exchanges with its origin. Any status is an answer; only
// transport trouble is a Failure. Redirects are never followed.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    [[nodiscard]] virtual HttpResult<Response> exchange(const Request& request,
                                                        Deadline deadline) = 0;
};

// Connects on the first exchange, not before.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(Server server, Budgets budgets = {});

} // namespace leasehold::http
