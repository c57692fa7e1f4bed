#include "helper/checks/plugins.hpp"

#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/wrappable.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/kubeconfig_user/plugin.hpp"
#include "src/lease/kubeconfig_user/plugin_environment.hpp"
#include "src/lease/profile/file.hpp"

#include <chrono>

#include <unistd.h>

namespace leasehold::helper {
namespace {

// One that waits for a person must not keep the others waiting.
constexpr Seconds longest_run{15};

std::string base_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

// What one run takes, in words.
std::string cost_of(const Process& process, const std::vector<std::string>& files,
                    const std::string& name, Deadline deadline) {
    const auto context = lease::read_kubeconfig_context(files, name);
    if (!context || !context->user.exec)
        return "cannot be run: " + (context ? "it has no plugin" : context.error().message);
    const auto begin = std::chrono::steady_clock::now();
    const auto credential = lease::run_exec_plugin(
        *context->user.exec, *context, "", lease::plugin_environment(process.environment, {}),
        deadline.within(longest_run), -1, {.called = "it"});
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
    if (!credential)
        return "does not work now: " + credential.error().message;
    return "costs " + std::to_string(spent.count()) + " ms a call";
}

CheckStep wrapped_step(const Process& process, const std::string& name,
                       const kubeconfig::Wrappable& one) {
    const std::string path = lease::profile_path(process.directories.profiles(), *one.profile);
    if (::access(path.c_str(), F_OK) == 0)
        return ok_step(name, "its plugin is wrapped, by profile " + *one.profile);
    return warning_step(
        name, "its plugin is wrapped by profile " + quoted(*one.profile) + ", which is gone",
        "put it back with: leasehold kubeconfig unwrap " + shell_word(one.context));
}

} // namespace

std::vector<CheckStep> check_plugins(const Process& process, bool measure, Deadline deadline) {
    const auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment);
    if (!files)
        return {};
    std::vector<CheckStep> steps;
    for (const auto& one : kubeconfig::find_wrappables(kubeconfig::look(*files))) {
        const std::string name = "context " + hostile_text(one.context, 64);
        if (one.profile) {
            steps.push_back(wrapped_step(process, name, one));
            continue;
        }
        std::string finding = "its plugin " + quoted(base_name(one.command));
        finding += measure ? ' ' + cost_of(process, *files, one.context, deadline)
                           : " runs with every command (--measure-plugins tells what that costs)";
        steps.push_back(ok_step(name, std::move(finding)));
        steps.back().hint = "leasehold can keep what it prints: leasehold kubeconfig wrap " +
                            shell_word(one.context);
    }
    return steps;
}

} // namespace leasehold::helper
