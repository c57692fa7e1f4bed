// What a person is told of an answer that is no success.
#include "src/base/hostile_text.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/status.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

using Cause = KubernetesStatus::Cause;

constexpr std::string_view in_between =
    "check cluster.server of the profile (host, port, path) and what stands in between: a proxy, "
    "an ingress, a login page";

std::string place(const KubernetesAction& action) {
    return action.namespace_.empty() ? " in the whole cluster"
                                     : " in namespace " + quoted(action.namespace_);
}

std::string describe(const KubernetesAction& action) {
    std::string text = action.verb + ' ' + action.resource;
    if (!action.name.empty())
        text += " of " + quoted(action.name);
    return text + place(action);
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The text of the page's <title>, "" if there is none.
std::string_view title_of(std::string_view page, std::string_view lower_page) {
    const std::size_t tag = lower_page.find("<title");
    const std::size_t begin = tag == std::string_view::npos ? tag : lower_page.find('>', tag);
    const std::size_t end = lower_page.find("</title", tag);
    if (begin == std::string_view::npos || end == std::string_view::npos || begin >= end)
        return {};
    return page.substr(begin + 1, end - begin - 1);
}

// What an answer is that is none of the API's: 'a web page, "Sign in"'.
std::string describe_body(const http::Response& response) {
    const std::string_view body = response.body;
    const std::size_t begin = body.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return "nothing";
    std::string small(body.substr(0, 4096));
    std::transform(small.begin(), small.end(), small.begin(), lower);
    const std::string type = response.header("Content-Type").value_or("");
    if (type.starts_with("text/html") || small.compare(begin, 5, "<html") == 0 ||
        small.compare(begin, 9, "<!doctype") == 0) {
        const std::string_view title = title_of(body, small);
        return "a web page (HTML)" + (title.empty() ? "" : ", " + quoted(title, 80));
    }
    if (body[begin] == '{' || body[begin] == '[')
        return "JSON that is not the API's: " + hostile_text(body.substr(begin), 160);
    return "the text " + quoted(body.substr(begin), 160);
}

Error of_another(const http::Response& response, const KubernetesAction& action) {
    const bool denied = response.status == 401 || response.status == 403;
    return make_error(denied ? ErrorCode::denied : ErrorCode::bad_answer,
                      "what answers there is not the API server: asked for " + action.resource +
                          ", it answers " + std::to_string(response.status) + " with " +
                          describe_body(response),
                      std::string(in_between));
}

// What is missing is the namespace, or the account of a token request, or what the action is for.
Error not_found(const KubernetesAction& action, const KubernetesStatus& status,
                const std::string& says) {
    if (status.missing == "namespaces")
        return make_error(ErrorCode::configuration,
                          "there is no namespace " + quoted(action.namespace_) + " (404)" + says,
                          "check the namespace of the profile, or create it: kubectl create "
                          "namespace " +
                              action.namespace_);
    if (action.resource != "serviceaccounts/token")
        return make_error(ErrorCode::configuration,
                          "the API server knows nothing to " + describe(action) + " (404)" + says,
                          "check the namespaces and the role of the profile");
    if (status.message.starts_with("the server could not find the requested resource"))
        return make_error(ErrorCode::configuration,
                          "this API server does not know how to " + describe(action) + " (404)" +
                              says,
                          "it is older than Kubernetes 1.22, or serves a part of the API only");
    return make_error(ErrorCode::configuration,
                      "there is no " + quoted(action.name) + " in namespace " +
                          quoted(action.namespace_) + " (404)" + says,
                      "check namespace and service-account of the profile, or create it: "
                      "kubectl create serviceaccount " +
                          action.name + " --namespace " + action.namespace_);
}

Error forbidden(const KubernetesAction& action, const KubernetesStatus& status,
                const std::string& says) {
    const auto denied = [&](std::string what, std::string hint) {
        return make_error(ErrorCode::denied, std::move(what) + " (403)" + says, std::move(hint));
    };
    switch (status.cause) {
    case Cause::anonymous:
        return denied("the requester's credential did not reach the API server, which sees "
                      "system:anonymous",
                      "something in between (a load balancer that ends TLS, a proxy) drops the "
                      "client certificate or the Authorization header; or the API server does not "
                      "know this kind of credential");
    case Cause::quota:
        return denied("a quota does not allow to " + describe(action),
                      "remove what is not needed or raise it: kubectl describe quota --namespace " +
                          action.namespace_);
    case Cause::ending_namespace:
        return denied("namespace " + quoted(action.namespace_) + " is being deleted",
                      "choose another namespace, or create it anew once it is gone");
    case Cause::policy:
    case Cause::webhook:
        return denied("a policy of the cluster does not allow to " + describe(action),
                      "its own words say which; whoever runs the cluster can exempt leasehold's "
                      "objects");
    case Cause::rights:
        break;
    case Cause::unknown:
        if (!status.message.empty())
            return denied("the API server refuses to " + describe(action),
                          "its own words say why; 'leasehold profile check' tells whether the "
                          "requester lacks a right");
        break;
    }
    return denied("the requester may not " + describe(action),
                  "a cluster administrator can allow it; 'leasehold profile check' prints the rule "
                  "that is missing");
}

// An overloaded server's wish, for whoever decides when to ask again.
Error left_alone(const KubernetesStatus& status, Error error) {
    error.retry_after = static_cast<int>(status.retry_after.value_or(Seconds(0)).count());
    return error;
}

Error failed(const KubernetesAction& action, const KubernetesStatus& status,
             const http::Response& response, const std::string& says) {
    const std::string number = " (" + std::to_string(response.status) + ')';
    if (status.cause == Cause::webhook)
        return left_alone(
            status,
            make_error(ErrorCode::unreachable,
                       "a webhook of the cluster fails, so that nobody can " + describe(action) +
                           number + says,
                       "whoever runs the cluster must mend it; 'kubectl get "
                       "validatingwebhookconfigurations,mutatingwebhookconfigurations' has its "
                       "name"));
    const std::string what = says.empty() && !status.of_api && !response.body.empty()
                                 ? "; the answer is " + describe_body(response)
                                 : says;
    return left_alone(status,
                      make_error(ErrorCode::unreachable,
                                 "the API server failed to " + describe(action) + number + what));
}

} // namespace

Error status_error(const http::Response& response, const KubernetesAction& action) {
    const KubernetesStatus status = read_status(response);
    const std::string says = status.message.empty() ? "" : "; the server says: " + status.message;
    // What is too busy, or breaks, does not always say it in the API's own words.
    if (response.status == 429)
        return left_alone(status,
                          make_error(ErrorCode::unreachable, "the API server is busy (429)" + says,
                                     "try again in a moment"));
    if (response.status >= 500)
        return failed(action, status, response, says);
    if (!status.of_api)
        return of_another(response, action);
    switch (response.status) {
    case 401:
        return make_error(ErrorCode::denied,
                          "the API server does not accept the requester's credential (401)" + says,
                          "it has expired or was revoked: log in again with the tool that made it, "
                          "or 'leasehold login'");
    case 403:
        return forbidden(action, status, says);
    case 404:
        return not_found(action, status, says);
    default:
        return make_error(ErrorCode::bad_answer, "the API server refused to " + describe(action) +
                                                     " (" + std::to_string(response.status) + ')' +
                                                     says);
    }
}

Error not_the_api(const http::Response& response, std::string_view doing) {
    return make_error(ErrorCode::bad_answer,
                      "what answers " + std::string(doing) + " is not the API server: it answers " +
                          std::to_string(response.status) + " with " + describe_body(response),
                      std::string(in_between));
}

} // namespace leasehold::lease
