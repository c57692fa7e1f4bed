#include "src/lease/kubernetes/api/asker.hpp"

#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/identity/proof_asker.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/kubeconfig_user/plugin_environment.hpp"

namespace leasehold::lease {
namespace {

using identity::Asker;
using identity::AskerSurroundings;

std::string with_length(const std::string& text) {
    return std::to_string(text.size()) + ':' + text;
}

void add_plugin(const ExecPlugin& plugin, const AskerSurroundings& around, Asker& asker) {
    std::string text = with_length(plugin.command);
    for (const std::string& argument : plugin.arguments)
        text += with_length(argument);
    for (const auto& [name, value] : plugin.environment)
        text += '$' + with_length(name) + with_length(value);
    asker.identity.emplace_back("asker-plugin", std::move(text));
    for (const auto* names : {&plugin_identity_variables(), &around.plugin_variables})
        for (const std::string& name : *names)
            identity::add_token_variable(name, around, asker);
    asker.other_files.push_back(plugin.command);
    const Environment theirs = plugin_environment(around.environment, around.plugin_variables);
    // But for the directory that the call is made from.
    for (const auto& variable : theirs.all())
        if (variable.first != "PWD")
            asker.other_variables.push_back(variable.first);
}

void add_impersonated(const KubeconfigUser& user, Asker& asker) {
    std::string text = with_length(user.impersonate_user) + with_length(user.impersonate_uid);
    for (const std::string& group : user.impersonate_groups)
        text += with_length(group);
    for (const auto& [name, value] : user.impersonate_extra)
        text += '$' + with_length(name) + with_length(value);
    asker.identity.emplace_back("asker-impersonates", std::move(text));
}

void add_user(const KubeconfigUser& user, const AskerSurroundings& around, Asker& asker) {
    add_impersonated(user, asker);
    if (!user.certificate_pem.empty())
        identity::add_certificate(user.certificate_pem, asker);
    else if (!user.certificate_file.empty())
        identity::add_certificate_file(user.certificate_file, asker);
    if (!user.key_file.empty())
        asker.other_files.push_back(user.key_file);
    // client-go's order of preference.
    if (!user.token_file.empty())
        identity::add_token_file(user.token_file, around, asker);
    else if (!user.token.empty())
        asker.identity.emplace_back(
            "asker-token", identity::token_identity(user.token.reveal(), around.digest_key));
    else if (user.exec)
        add_plugin(*user.exec, around, asker);
}

} // namespace

Asker asker_of(const RequesterSettings& settings, const AskerSurroundings& around) {
    using Kind = RequesterSettings::Kind;
    Asker asker;
    switch (settings.kind) {
    case Kind::kubeconfig: {
        for (std::string& file : kubeconfig_list(settings.kubeconfig))
            asker.files.push_back(std::move(file));
        if (const auto context = read_kubeconfig_context(settings.kubeconfig, settings.context))
            add_user(context->user, around, asker);
        else
            asker.identity.emplace_back("asker-context", "unreadable");
        break;
    }
    case Kind::token_file:
        identity::add_token_file(settings.token_file, around, asker);
        break;
    case Kind::client_certificate:
    case Kind::gateway:
        identity::add_certificate_file(settings.client_certificate, asker);
        asker.other_files.push_back(settings.client_key);
        if (!settings.gateway_ca.empty())
            asker.other_files.push_back(settings.gateway_ca);
        break;
    case Kind::in_cluster:
        identity::add_token_file(std::string(identity::pod_token_file), around, asker);
        break;
    case Kind::oidc:
        if (settings.oidc == "file")
            identity::add_token_file(settings.oidc_file, around, asker);
        else if (settings.oidc == "variable")
            identity::add_token_variable(settings.oidc_variable, around, asker);
        else
            identity::add_github_job(around, asker);
        break;
    case Kind::stored_token:
        break;
    }
    return asker;
}

} // namespace leasehold::lease
