#include "src/http/client.hpp"

#include "src/http/concealed.hpp"
#include "src/http/connection.hpp"
#include "src/http/plain_connection.hpp"

namespace leasehold::http {
namespace {

class Client final : public HttpClient {
public:
    Client(Server server, Budgets budgets) : server_(std::move(server)), budgets_(budgets) {}

    HttpResult<Response> exchange(const Request& request, Deadline deadline) override {
        auto message = to_message(request, server_);
        if (!message)
            return Failure{std::move(message).error(), Stage::send, false};
        if (connection_ != nullptr && !connection_->usable())
            connection_.reset();
        const bool reused = connection_ != nullptr;
        auto response = attempt(*message, request.sink, deadline);
        if (!response && reused && may_repeat(request, response.error()))
            response = attempt(*message, request.sink, deadline);
        // A refusal is shown.
        if (response && response->status >= 300 && request.bearer != nullptr)
            conceal(response->body, *request.bearer);
        return response;
    }

private:
    // A kept connection may have been closed by the server meanwhile. What only reads can be asked
    // again; what creates may have been done (NET-13).
    static bool may_repeat(const Request& request, const Failure& failure) {
        // What went into a sink cannot be taken back.
        const bool reads =
            request.method == "GET" && (request.sink == nullptr || !failure.answered);
        return failure.error.code == ErrorCode::unreachable &&
               (reads || (request.repeatable && !failure.answered));
    }

    HttpResult<Response> attempt(Message& message, BodySink* sink, Deadline deadline) {
        if (connection_ == nullptr) {
            auto opened = server_.url.scheme == "http"
                              ? open_plain_connection(server_, budgets_, deadline)
                              : open_connection(server_, budgets_, deadline);
            if (!opened)
                return std::move(opened).error();
            connection_ = *std::move(opened);
        }
        auto response = connection_->exchange(message, sink, deadline);
        if (!response)
            connection_.reset();
        return response;
    }

    Server server_;
    Budgets budgets_;
    std::unique_ptr<Connection> connection_;
};

} // namespace

std::unique_ptr<HttpClient> make_http_client(Server server, Budgets budgets) {
    return std::make_unique<Client>(std::move(server), budgets);
}

} // namespace leasehold::http
