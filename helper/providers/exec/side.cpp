#include "helper/providers/exec/side.hpp"

#include "helper/process/edges.hpp"
#include "src/base/hostile_text.hpp"
#include "src/http/client.hpp"
#include "src/lease/exec/plugin/asker.hpp"
#include "src/lease/exec/settings/known_plugins.hpp"
#include "src/lease/kubernetes/api/requester.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/book.hpp"

#include <any>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string listed(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out;
}

} // namespace

ExecSide::ExecSide(SideParts parts)
    : parts_(std::move(parts)),
      settings_(std::any_cast<const lease::exec::ExecSettings&>(parts_.profile.settings)) {}

std::unique_ptr<lease::LeaseBook> ExecSide::book(lease::BookScope) {
    return nullptr;
}

std::unique_ptr<lease::LeaseProvider> ExecSide::provider() {
    const lease::Profile& profile = parts_.profile;
    const Process& process = parts_.process;
    return lease::make_exec_provider({profile.name, profile.path, profile.cluster, settings_},
                                     {.environment = process.environment,
                                      .clock = process.clock,
                                      .plugin_variables = profile.environment,
                                      .person = process.person,
                                      .shows_errors = !process.detached && ::isatty(2) == 1});
}

std::vector<CheckStep> ExecSide::check(Deadline deadline) {
    std::vector<CheckStep> steps{check_plugin()};
    if (steps.front().state == CheckStep::State::failed)
        return steps;
    steps.push_back(check_dependencies());
    steps.push_back(check_server(deadline));
    return steps;
}

CheckStep ExecSide::check_plugin() const {
    const std::string& path = settings_.command;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        ::access(path.c_str(), X_OK) != 0)
        return failed_step(
            "plugin",
            make_error(ErrorCode::configuration, quoted(path) + " is not there or not executable",
                       settings_.install_hint.empty()
                           ? "install it, or correct exec.command in " + parts_.profile.path
                           : hostile_text(settings_.install_hint)));
    if ((status.st_mode & S_IWOTH) != 0)
        return warning_step("plugin", quoted(path) + " can be changed by everybody",
                            "chmod o-w " + shell_word(path));
    const std::string_view known = known_plugin(settings_);
    return ok_step("plugin", quoted(path) + (known.empty() ? ", which is none that leasehold knows"
                                                           : ", known as " + std::string(known)));
}

CheckStep ExecSide::check_dependencies() const {
    const Environment theirs =
        environment_for(settings_, parts_.process.environment, parts_.profile.environment);
    const lease::exec::Dependencies found =
        find_dependencies(settings_, theirs, parts_.process.directories.home);
    std::vector<std::string> set;
    for (const std::string& name : found.variables)
        if (parts_.process.environment.get(name))
            set.push_back(name);
    std::string text = set.empty() ? "no variable that is set" : listed(set);
    if (!found.files.empty())
        text += "; " + listed(found.files);
    return ok_step("depends on", text);
}

CheckStep ExecSide::check_server(Deadline deadline) const {
    auto server = lease::cluster_server(parts_.profile.cluster, parts_.process.environment);
    if (!server)
        return failed_step("server", std::move(server).error());
    const auto client = http::make_http_client(*std::move(server));
    http::Request request;
    request.method = "GET";
    request.target = "/version";
    auto response = client->exchange(request, deadline);
    if (!response)
        return failed_step("server", std::move(response).error().error);
    return ok_step("server", parts_.profile.cluster.server.text() + " answers over verified TLS");
}

} // namespace leasehold::helper
