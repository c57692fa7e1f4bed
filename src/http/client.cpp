#include "src/http/client.hpp"

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
        const bool reused = connection_ != nullptr && connection_->usable();
        auto response = attempt(*message, deadline);
        // A kept connection may have been closed by the server meanwhile. What only reads can be
        // asked again; what creates may have been done (NET-13).
        if (!response && reused && request.method == "GET" &&
            response.error().error.code == ErrorCode::unreachable)
            response = attempt(*message, deadline);
        return response;
    }

private:
    HttpResult<Response> attempt(Message& message, Deadline deadline) {
        if (connection_ == nullptr || !connection_->usable()) {
            connection_.reset();
            auto opened = server_.url.scheme == "http"
                              ? open_plain_connection(server_, budgets_, deadline)
                              : open_connection(server_, budgets_, deadline);
            if (!opened)
                return std::move(opened).error();
            connection_ = *std::move(opened);
        }
        return connection_->exchange(message, deadline);
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
