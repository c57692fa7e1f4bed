#include "helper/providers/exec/flags.hpp"

#include "helper/setting_flags/field_flags.hpp"
#include "helper/setting_flags/yaml_lines.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/process.hpp"
#include "src/lease/exec/settings/settings.hpp"
#include "src/lease/kubeconfig_user/context.hpp"

#include <algorithm>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using lease::exec::ExecSettings;
using lease::exec::Interactive;

std::string base_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

bool is_leasehold(const std::string& command) {
    const std::string name = base_name(command);
    return name == "leasehold" || name == "kubectl-leasehold";
}

// A name by PATH as it is now; a path from where the person stands.
Result<std::string> settle_command(const DraftingInput& input, const std::string& given,
                                   const std::string& install_hint) {
    const bool is_name = given.find('/') == std::string::npos;
    std::string path = is_name ? find_program(given, input.process.environment.value("PATH"))
                               : absolute_path(input.process, given);
    if (!path.empty() && ::access(path.c_str(), X_OK) == 0)
        return path;
    return make_error(ErrorCode::configuration,
                      "the plugin " + quoted(given) +
                          (is_name ? " is not in PATH" : " is not there or not executable"),
                      install_hint.empty() ? "install it, or name it by its path with --command"
                                           : "the kubeconfig says: " + hostile_text(install_hint));
}

// The plugin of the context's user, as its kubeconfig has it.
Result<ExecSettings> from_context(const DraftingInput& input) {
    const lease::KubeconfigContext& source = *input.source;
    if (source.no_user)
        return *source.no_user;
    const std::string who = "the user of context " + quoted(source.name);
    if (!source.user.exec)
        return make_error(ErrorCode::configuration, who + " has no exec plugin",
                          "name one with --command, or take another provider");
    const lease::ExecPlugin& plugin = *source.user.exec;
    if (is_leasehold(plugin.command))
        return make_error(ErrorCode::configuration, who + " is leasehold already");
    constexpr std::string_view group = "client.authentication.k8s.io/";
    ExecSettings settings;
    const std::string version = plugin.api_version.starts_with(group)
                                    ? plugin.api_version.substr(group.size())
                                    : plugin.api_version;
    if (version != "v1" && version != "v1beta1")
        return make_error(ErrorCode::configuration,
                          who + " speaks " + quoted(plugin.api_version, 64) +
                              ", which clients have given up",
                          "renew the entry with the tool that made it");
    const auto mode = lease::exec::parse_interactive_mode(plugin.interactive_mode);
    if (!mode)
        return make_error(ErrorCode::configuration, who + " has the unknown interactiveMode " +
                                                        quoted(plugin.interactive_mode, 64));
    settings.command = plugin.command;
    settings.arguments = plugin.arguments;
    for (const auto& [name, value] : plugin.environment)
        settings.environment.push_back(name + '=' + value);
    settings.api_version = version;
    settings.interactive = *mode;
    settings.cluster_info = plugin.provide_cluster_info;
    settings.cluster_config = plugin.provide_cluster_info ? source.cluster.exec_config : "";
    settings.install_hint = plugin.install_hint;
    return settings;
}

class Section {
public:
    explicit Section(const DraftingInput& input) : input_(input), options_(input.options) {}

    Result<std::string> write() {
        LEASEHOLD_TRY(check_flags());
        if (!options_.has("command") && input_.source != nullptr) {
            LEASEHOLD_TRY_ASSIGN(settings_, from_context(input_));
        }
        add_flags();
        LEASEHOLD_TRY_ASSIGN(settings_.command,
                             settle_command(input_, settings_.command, settings_.install_hint));
        return text();
    }

private:
    Result<void> check_flags() const {
        if (!options_.has("command") && input_.source == nullptr)
            return options_.usage_error("--command is missing",
                                        "or take a context's plugin with --from-context");
        if (!options_.has("command") && options_.has("arg"))
            return options_.usage_error("--arg is for --command",
                                        "the plugin of --from-context has arguments of its own");
        if (is_leasehold(options_.text("command").value_or("")))
            return options_.usage_error("leasehold is no plugin to put leasehold in front of");
        if (options_.texts("namespace").size() > 1)
            return options_.usage_error("--namespace is given twice",
                                        "it is the one of the kubeconfig's context");
        for (const std::string& text : options_.texts("env"))
            if (!is_variable_name(lease::exec::split_assignment(text).first))
                return options_.usage_error("--env " + quoted(text, 80) + " is no NAME=VALUE");
        for (const std::string& text : options_.texts("depends-on"))
            if (!lease::exec::is_dependency_file(text) && !is_variable_name(text))
                return options_.usage_error("--depends-on " + quoted(text, 80) +
                                                " is neither a variable nor a path",
                                            "a path has a slash: ./file");
        return {};
    }

    void add_flags() {
        if (const auto command = options_.text("command"))
            settings_.command = *command;
        for (const std::string& text : options_.texts("arg"))
            settings_.arguments.push_back(text);
        for (const std::string& text : options_.texts("env"))
            settings_.environment.push_back(text);
        for (const std::string& text : options_.texts("depends-on"))
            settings_.depends_on.push_back(
                lease::exec::is_dependency_file(text) ? absolute_path(input_.process, text) : text);
        if (const auto version = options_.text("plugin-api-version"))
            settings_.api_version = *version;
        if (const auto mode = options_.text("interactive"))
            settings_.interactive =
                lease::exec::parse_interactive(*mode).value_or(Interactive::never);
        settings_.cluster_info |= options_.has("provide-cluster-info");
    }

    std::string text() {
        YamlLines yaml;
        yaml.section(0, "exec");
        yaml.value(2, "command", settings_.command);
        yaml.values(2, "args", settings_.arguments);
        yaml.values(2, "env", settings_.environment);
        yaml.value(2, "api-version", settings_.api_version);
        yaml.value(2, "interactive", lease::exec::to_text(settings_.interactive));
        if (settings_.cluster_info)
            yaml.word(2, "provide-cluster-info", "true");
        yaml.value(2, "cluster-config", settings_.cluster_config);
        yaml.values(2, "depends-on", settings_.depends_on);
        yaml.value(2, "install-hint", settings_.install_hint);
        yaml.value(2, "namespace",
                   options_.text("namespace")
                       .value_or(input_.source == nullptr ? "" : input_.source->namespace_));
        return yaml.take();
    }

    const DraftingInput& input_;
    const Options& options_;
    ExecSettings settings_;
};

} // namespace

Result<std::string> exec_section(const DraftingInput& input) {
    return Section(input).write();
}

} // namespace leasehold::helper
