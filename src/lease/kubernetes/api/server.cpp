#include "src/lease/kubernetes/api/server.hpp"

#include "src/base/time.hpp"
#include "src/lease/kubernetes/api/jwt_advice.hpp"

#include <thread>
#include <utility>

namespace leasehold::lease {
namespace {

constexpr Seconds usual_pause{1};
// A list that never ends is a server's fault or malice.
constexpr int most_pages = 200;

// `attempt`: which one was answered so. A server that names the pause asks for the next one.
std::optional<Seconds> pause_before_retry(const http::Response& response, int attempt,
                                          Attempts attempts) {
    if (response.status != 429 && response.status != 503)
        return std::nullopt;
    const auto named = read_status(response).retry_after;
    if (attempt >= (named ? attempts.invited : attempts.uninvited))
        return std::nullopt;
    return named.value_or(usual_pause);
}

} // namespace

KubernetesApi::KubernetesApi(const KubernetesProfile& profile, const RequesterEnvironment& outside,
                             const Connector& connect, Requester requester)
    : profile_(profile), outside_(outside), connect_(connect), requester_(std::move(requester)),
      credential_(credential_digest(requester_)), address_(requester_.server.url.text()),
      client_(connect_(std::move(requester_.server))), may_renew_(requester_.of_plugin) {}

Result<std::unique_ptr<KubernetesApi>> KubernetesApi::open(const KubernetesProfile& profile,
                                                           const RequesterEnvironment& outside,
                                                           const Connector& connect,
                                                           Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(Requester requester, open_requester(profile, outside, deadline));
    return std::unique_ptr<KubernetesApi>(
        new KubernetesApi(profile, outside, connect, std::move(requester)));
}

http::HttpResult<http::Response> KubernetesApi::send_once(http::Request& request,
                                                          Deadline deadline) {
    ++exchanges_;
    request.bearer = requester_.bearer.empty() ? nullptr : &requester_.bearer;
    auto response = client_->exchange(request, deadline);
    if (response)
        server_time_ = parse_http_date(response->header("Date").value_or(""));
    return response;
}

// True if there is another credential to try. A plugin that cannot give one leaves the server's
// own answer to be told.
bool KubernetesApi::renew_credential(Deadline deadline) {
    if (!std::exchange(may_renew_, false))
        return false;
    auto renewed = open_requester(profile_, outside_, deadline);
    if (!renewed || credential_digest(*renewed) == credential_)
        return false;
    requester_ = *std::move(renewed);
    client_ = connect_(std::move(requester_.server));
    return true;
}

http::HttpResult<http::Response> KubernetesApi::send(http::Request request, Deadline deadline,
                                                     Attempts attempts) {
    request.headers.insert(request.headers.end(), requester_.headers.begin(),
                           requester_.headers.end());
    for (int attempt = 1;; ++attempt) {
        auto response = send_once(request, deadline);
        if (response && response->status == 401 && renew_credential(deadline))
            response = send_once(request, deadline);
        if (!response)
            return response;
        const auto pause = pause_before_retry(*response, attempt, attempts);
        if (!pause || deadline.left() <= *pause)
            return response;
        std::this_thread::sleep_for(*pause);
    }
}

Error KubernetesApi::explain(const http::Response& response, Error error) const {
    // Whoever reads the answer knows of no profile; the person may have several.
    for (const std::string_view command : {"'leasehold profile check", "'leasehold login"})
        if (const std::size_t at = error.hint.find(std::string(command) + '\'');
            at != std::string::npos)
            error.hint.insert(at + command.size(), ' ' + profile_.name);
    if (response.status != 401 || !read_status(response).of_api)
        return error;
    if (requester_.of_platform)
        error.hint = jwt_advice(requester_.bearer.reveal(), server_time_);
    const auto& end = requester_.certificate_end;
    if (!end || !server_time_ || *end > *server_time_)
        return error;
    error.message = "the requester's client certificate (" + requester_.certificate_name +
                    ") ended at " + format_rfc3339(*end) + "; " + error.message;
    error.hint = "renew it with the tool that made it; a profile with another requester: leasehold "
                 "profile add --help";
    return error;
}

Result<bool> KubernetesApi::remove(const ObjectRef& object, Deadline deadline) {
    const auto response = send(delete_request(object), deadline);
    if (!response)
        return response.error().error;
    // 409: the uid is another's, so that ours is gone.
    if (response->status == 404 || response->status == 409)
        return false;
    if (response->status != 200 && response->status != 202)
        return explain(*response, status_error(*response, action_on("delete", object)));
    return true;
}

Result<std::vector<ReadObject>> KubernetesApi::list(ObjectKind kind, const std::string& namespace_,
                                                    const std::string& selector,
                                                    Deadline deadline) {
    std::vector<ReadObject> objects;
    std::string place;
    bool may_start_again = true;
    for (int pages = 0; pages < most_pages; ++pages) {
        const auto response = send(list_request(kind, namespace_, selector, place), deadline);
        if (!response)
            return response.error().error;
        // The snapshot that the pages were read from is gone: once more from the start.
        if (response->status == 410 && !place.empty() && may_start_again) {
            may_start_again = false;
            objects.clear();
            place.clear();
            continue;
        }
        if (response->status != 200)
            return explain(*response,
                           status_error(*response, action_on("list", {kind, namespace_, "", ""})));
        LEASEHOLD_TRY_ASSIGN(ObjectPage page, read_page(*response, kind));
        for (ReadObject& object : page.objects)
            objects.push_back(std::move(object));
        if (page.next.empty())
            return objects;
        place = std::move(page.next);
    }
    return make_error(ErrorCode::bad_answer, "the API server's list does not end");
}

} // namespace leasehold::lease
