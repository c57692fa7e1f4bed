#include "src/lease/exec/plugin/asker.hpp"

#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/lease/exec/settings/known_plugins.hpp"
#include "src/lease/kubeconfig_user/plugin_environment.hpp"

namespace leasehold::lease::exec {
namespace {

// By content, so that a file that was merely rewritten is the same identity.
void add_file(const std::string& path, const identity::AskerSurroundings& around,
              identity::Asker& asker) {
    asker.files.push_back(path);
    const auto text = read_file(path, {.limit = 4 << 20}, "file");
    const std::string what =
        text ? to_hex(hmac_sha256(around.digest_key, *text)) : std::string("unreadable");
    asker.identity.emplace_back("plugin-file", joined_by_length({path, what}));
}

std::string command_line(const ExecSettings& settings) {
    return joined_by_length(settings.arguments) + '\n' + joined_by_length(settings.environment);
}

} // namespace

identity::Asker asker_of(const ExecSettings& settings, const identity::AskerSurroundings& around) {
    identity::Asker asker;
    asker.identity.emplace_back("plugin",
                                to_hex(hmac_sha256(around.digest_key, command_line(settings))));
    const Environment theirs =
        environment_for(settings, around.environment, around.plugin_variables);
    Dependencies dependencies = find_dependencies(settings, theirs, around.home);
    // What a profile lets through is let through for a reason.
    for (const std::string& name : around.plugin_variables)
        dependencies.variables.push_back(name);
    for (const std::string& name : dependencies.variables)
        identity::add_token_variable(name, around, asker);
    for (const std::string& path : dependencies.files)
        add_file(path, around, asker);
    asker.other_files.push_back(settings.command);
    for (const auto& variable : theirs.all())
        if (variable.first != "PWD")
            asker.other_variables.push_back(variable.first);
    return asker;
}

Environment environment_for(const ExecSettings& settings, const Environment& environment,
                            std::vector<std::string> more) {
    for (const std::string& text : settings.depends_on)
        if (!is_dependency_file(text))
            more.push_back(text);
    Environment::Variables all = plugin_environment(environment, more).all();
    for (const std::string& text : settings.environment) {
        auto [name, value] = split_assignment(text);
        all[name] = std::move(value);
    }
    return Environment(std::move(all));
}

} // namespace leasehold::lease::exec
