#include "src/lease/kubeconfig_user/plugin.hpp"

#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/process.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace leasehold::lease {
namespace {

constexpr std::string_view group = "client.authentication.k8s.io/";
constexpr int most_lines = 20;
constexpr std::size_t longest_line = 512;

std::string base_name(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

Result<boost::json::object> cluster_info(const KubeconfigCluster& cluster) {
    boost::json::object info{{"server", cluster.server}};
    if (!cluster.exec_config.empty()) {
        LEASEHOLD_TRY_ASSIGN(info["config"], parse_json(cluster.exec_config));
    }
    std::string pem = cluster.ca_pem;
    if (!cluster.ca_file.empty()) {
        LEASEHOLD_TRY_ASSIGN(pem, read_file(cluster.ca_file, {}, "certificate-authority"));
    }
    if (!pem.empty())
        info["certificate-authority-data"] = base64_encode(pem);
    if (!cluster.tls_server_name.empty())
        info["tls-server-name"] = cluster.tls_server_name;
    if (!cluster.proxy_url.empty())
        info["proxy-url"] = cluster.proxy_url;
    return info;
}

Result<std::string> exec_info(const ExecPlugin& plugin, const KubeconfigContext& context,
                              bool interactive) {
    boost::json::object spec{{"interactive", interactive}};
    if (plugin.provide_cluster_info) {
        LEASEHOLD_TRY_ASSIGN(spec["cluster"], cluster_info(context.cluster));
    }
    const boost::json::object info{
        {"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", std::move(spec)}};
    return boost::json::serialize(info);
}

// Lines of people's text, each made safe to show, with `mark` before it.
std::string hostile_lines(std::string_view text, std::string_view mark = "") {
    std::string out;
    for (int count = 0; !text.empty() && count < most_lines; ++count) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (std::string shown = hostile_text(line, longest_line); !shown.empty())
            out += (out.empty() ? "" : "\n") + std::string(mark) + std::move(shown);
    }
    return out;
}

// `words`: what it wrote on stderr. The first line stands in the message; if there are more, all
// of them are shown below it, since the last one tells most.
Error plugin_error(ErrorCode code, const std::string& who, std::string_view what,
                   std::string_view words) {
    std::string message = who + ' ' + std::string(what);
    if (!words.empty())
        message += "; it says: " + hostile_text(words);
    std::string hint;
    if (const std::string lines = hostile_lines(words, "it says: ");
        lines.find('\n') != std::string::npos)
        hint = lines + '\n';
    Error error = make_error(code, std::move(message),
                             hint + "run it by hand, or log in again with the tool it belongs to");
    // It is run again by the next call, as client-go runs it: whoever has logged in meanwhile is
    // not kept waiting. Only for one that hangs nobody waits twice.
    error.local = code != ErrorCode::timed_out;
    return error;
}

std::optional<Error> outcome_error(const ChildOutcome& outcome, const std::string& who) {
    using End = ChildOutcome::End;
    const std::string& words = outcome.error_output;
    switch (outcome.end) {
    case End::timed_out:
        return plugin_error(ErrorCode::timed_out, who, "did not end in time", words);
    case End::too_much_output:
        return plugin_error(ErrorCode::bad_answer, who, "prints without end", words);
    case End::signalled:
        return plugin_error(ErrorCode::denied, who,
                            "was killed by signal " + std::to_string(outcome.status), words);
    case End::interrupted: {
        Error error = make_error(ErrorCode::interrupted, "interrupted");
        error.local = true;
        return error;
    }
    case End::exited:
        break;
    }
    if (outcome.status != 0)
        return plugin_error(ErrorCode::denied, who,
                            "failed with exit code " + std::to_string(outcome.status), words);
    return std::nullopt;
}

// Where its command is not to be had, the kubeconfig may say how to come by it.
Error start_error(Error error, const ExecPlugin& plugin, const PluginManner& manner) {
    const std::string called(manner.called);
    if (error.code != ErrorCode::configuration)
        return with_context(called, std::move(error));
    error.hint = hostile_lines(plugin.install_hint);
    if (error.hint.empty())
        error.hint = "install it, or correct " + std::string(manner.where);
    return with_context(called + " is not there", std::move(error));
}

ChildOptions child_options(const ExecPlugin& plugin, std::string_view profile,
                           const Environment& environment, const PluginManner& manner) {
    ChildOptions options;
    options.argv.push_back(plugin.command);
    options.argv.insert(options.argv.end(), plugin.arguments.begin(), plugin.arguments.end());
    options.search_path = true;
    options.ends_with_us = true;
    options.own_stdin = manner.terminal;
    options.own_stderr = manner.shows_errors;
    options.environment = environment.all();
    for (const auto& [name, value] : plugin.environment)
        options.environment[name] = value;
    std::string& chain = options.environment[std::string(chain_variable)];
    chain += (chain.empty() ? "" : ":") + std::string(profile);
    return options;
}

} // namespace

Result<void> check_no_loop(const Environment& environment, std::string_view profile) {
    const std::string chain = environment.value(chain_variable);
    if ((':' + chain + ':').find(':' + std::string(profile) + ':') == std::string::npos)
        return {};
    return make_error(ErrorCode::configuration,
                      "profile " + quoted(profile) + " asks for its token with its own token",
                      "give the profile's requester a context whose user is not leasehold");
}

Result<PluginCredential> run_exec_plugin(const ExecPlugin& plugin, const KubeconfigContext& context,
                                         std::string_view profile, const Environment& environment,
                                         Deadline deadline, int descriptor,
                                         const PluginManner& manner) {
    const std::string who = std::string(manner.called) + ' ' + quoted(base_name(plugin.command));
    if (!plugin.api_version.starts_with(group))
        return make_error(ErrorCode::configuration, std::string(manner.called) +
                                                        " has an unknown apiVersion " +
                                                        quoted(plugin.api_version));
    ChildOptions options = child_options(plugin, profile, environment, manner);
    options.descriptor = descriptor;
    LEASEHOLD_TRY_ASSIGN(options.environment["KUBERNETES_EXEC_INFO"],
                         exec_info(plugin, context, manner.terminal));
    const auto outcome = run_child(options, deadline);
    if (!outcome)
        return start_error(outcome.error(), plugin, manner);
    if (auto error = outcome_error(*outcome, who))
        return *std::move(error);
    auto credential = read_exec_credential(outcome->output.reveal(), plugin.api_version);
    if (!credential)
        return plugin_error(credential.error().code, who, credential.error().message,
                            outcome->error_output);
    return credential;
}

} // namespace leasehold::lease
