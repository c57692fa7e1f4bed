// The API server as one requester sees it: its identity on every request, and patience with a
// server that is busy.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/object.hpp"
#include "src/lease/kubernetes/api/requester.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease {

// Makes the connection to a server; tests give one that answers from a script.
using Connector = std::function<std::unique_ptr<http::HttpClient>(http::Server)>;

inline constexpr int most_attempts = 3;

// How often a server that is busy is asked for one thing.
struct Attempts {
    int invited = most_attempts;   // after a pause that the server names (NET-12)
    int uninvited = most_attempts; // where it names none
};

class KubernetesApi {
public:
    // Makes the profile's requester ready; connects with the first request. Profile and
    // surroundings must outlive the result.
    [[nodiscard]] static Result<std::unique_ptr<KubernetesApi>>
    open(const KubernetesProfile& profile, const RequesterEnvironment& outside,
         const Connector& connect, Deadline deadline);

    // One exchange. An answer of 429 or 503 promises that nothing was done: it is asked again.
    // After a 401 a requester's exec plugin is run once more, as client-go does it, and what it
    // gives is tried if it is another credential. Nothing else is repeated (NET-13).
    [[nodiscard]] http::HttpResult<http::Response> send(http::Request request, Deadline deadline,
                                                        Attempts attempts = {});

    // `error`, made of that answer, with the profile's name in the commands of its hint and what is
    // known of the credential that was not accepted: a JWT's claims, a client certificate that has
    // ended by the server's clock.
    [[nodiscard]] Error explain(const http::Response& response, Error error) const;

    // Deletes that very object. True if it was there; one that is gone, or that another of its
    // name has replaced, is false and no error.
    [[nodiscard]] Result<bool> remove(const ObjectRef& object, Deadline deadline);

    // The objects of a kind under a selector, page after page.
    [[nodiscard]] Result<std::vector<ReadObject>> list(ObjectKind kind,
                                                       const std::string& namespace_,
                                                       const std::string& selector,
                                                       Deadline deadline);

    // The server's time of its last answer, if it told it.
    [[nodiscard]] std::optional<UnixTime> server_time() const { return server_time_; }
    // Who asks, and whom, for people.
    [[nodiscard]] const std::string& requester() const { return requester_.description; }
    [[nodiscard]] const std::string& address() const { return address_; }
    // How many requests have been sent.
    [[nodiscard]] int exchanges() const { return exchanges_; }

private:
    KubernetesApi(const KubernetesProfile& profile, const RequesterEnvironment& outside,
                  const Connector& connect, Requester requester);
    http::HttpResult<http::Response> send_once(http::Request& request, Deadline deadline);
    bool renew_credential(Deadline deadline);

    const KubernetesProfile& profile_;
    const RequesterEnvironment& outside_;
    Connector connect_;
    Requester requester_; // but for its server, which the client has
    std::string credential_;
    std::string address_;
    std::unique_ptr<http::HttpClient> client_;
    std::optional<UnixTime> server_time_;
    int exchanges_ = 0;
    bool may_renew_ = false; // the credential, if it is not accepted
};

} // namespace leasehold::lease
