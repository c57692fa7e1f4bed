// An API server that answers from a script and remembers what it was asked.
#pragma once

#include "src/http/client.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::lease {

struct Asked {
    std::string method;
    std::string target;
    std::string bearer;
    std::string body;
    std::vector<http::Header> headers;
};

struct FakeServer {
    std::deque<http::HttpResult<http::Response>> answers;
    std::vector<Asked> asked;
    std::vector<std::string> origins; // of each connection
    bool certificate = false;         // of the last connection

    void answer(int status, std::string body, std::vector<http::Header> headers = {}) {
        http::Response response;
        response.status = status;
        response.body = std::move(body);
        response.headers = std::move(headers);
        answers.emplace_back(std::move(response));
    }
};

class FakeClient final : public http::HttpClient {
public:
    explicit FakeClient(FakeServer& server) : server_(server) {}
    http::HttpResult<http::Response> exchange(const http::Request& request, Deadline) override {
        server_.asked.push_back(
            {request.method, request.target,
             request.bearer == nullptr ? "" : std::string(request.bearer->reveal()),
             std::string(request.body.reveal()), request.headers});
        auto answer = std::move(server_.answers.front());
        server_.answers.pop_front();
        if (answer && answer->status == 200 && request.sink != nullptr) {
            const std::string body = std::exchange(answer->body, {});
            for (std::size_t at = 0; at < body.size(); at += 7)
                request.sink->take(std::string_view(body).substr(at, 7));
        }
        return answer;
    }

private:
    FakeServer& server_;
};

inline auto connector(FakeServer& fake) {
    return [&fake](http::Server server) -> std::unique_ptr<http::HttpClient> {
        fake.origins.push_back(server.url.origin());
        fake.certificate = server.certificate.has_value();
        return std::make_unique<FakeClient>(fake);
    };
}

} // namespace leasehold::lease
