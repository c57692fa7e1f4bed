#include "src/lease/exec/settings/settings.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease::exec {
namespace {

constexpr std::string_view own = "exec";
constexpr std::string_view hidden = "(not shown)";

struct Mode {
    Interactive value;
    std::string_view word;
    std::string_view kubeconfig;
};
constexpr std::array<Mode, 3> modes{{{Interactive::never, "never", "Never"},
                                     {Interactive::if_available, "if-available", "IfAvailable"},
                                     {Interactive::always, "always", "Always"}}};

void read_command(SettingsSection& section, std::string_view key, ExecSettings& settings) {
    settings.command = section.text(key).value_or("");
    if (settings.command.empty())
        section.fail(key, "\"exec.command\" is missing", "it is the absolute path of the plugin");
    else if (!settings.command.starts_with('/'))
        section.fail(key, "\"exec.command\" is no absolute path: " + quoted(settings.command),
                     "what a name means would depend on PATH; 'command -v " +
                         shell_word(settings.command) + "' says where it is");
}

void read_environment(SettingsSection& section, std::string_view key, ExecSettings& settings) {
    settings.environment = section.texts(key).value_or(std::vector<std::string>());
    for (const std::string& text : settings.environment)
        if (!is_variable_name(split_assignment(text).first))
            section.fail(key, "\"exec.env\" holds something that is no NAME=VALUE");
}

void read_mode(SettingsSection& section, std::string_view key, ExecSettings& settings) {
    const auto word = section.text(key);
    const auto mode = parse_interactive(word.value_or("never"));
    if (!mode)
        section.fail(key, "\"exec.interactive\" must be never, if-available or always, not " +
                              quoted(*word));
    settings.interactive = mode.value_or(Interactive::never);
}

void read_config(SettingsSection& section, std::string_view key, ExecSettings& settings) {
    settings.cluster_config = section.text(key).value_or("");
    if (!settings.cluster_config.empty() && !parse_json(settings.cluster_config))
        section.fail(key, "\"exec.cluster-config\" is no JSON");
}

void read_dependencies(SettingsSection& section, std::string_view key, ExecSettings& settings) {
    settings.depends_on = section.texts(key).value_or(std::vector<std::string>());
    for (const std::string& text : settings.depends_on)
        if (!is_dependency_file(text) && !is_variable_name(text))
            section.fail(key,
                         "\"exec.depends-on\" holds " + quoted(text) +
                             ", which is neither a variable nor a path",
                         "it looks like depends-on: [AWS_PROFILE, ~/.aws/config]; a path has a "
                         "slash");
}

std::string shown_texts(const std::vector<std::string>& texts) {
    std::vector<std::string> shown;
    for (const std::string& text : texts)
        shown.push_back(without_secret(text));
    return joined_for_people(shown);
}

// `--password X` hides X, which says nothing of itself.
std::string shown_arguments(const ExecSettings& settings) {
    std::vector<std::string> shown;
    bool hide = false;
    for (const std::string& argument : settings.arguments) {
        const std::string text = without_secret(argument);
        shown.push_back(hide && !argument.starts_with('-') ? std::string(hidden) : text);
        hide = argument.starts_with('-') && argument.find('=') == std::string::npos &&
               without_secret(argument + "=x") != argument + "=x";
    }
    return joined_for_people(shown);
}

constexpr FieldFacts version_facts{.key = "api-version",
                                   .form = FieldForm::choice,
                                   .identity = Identity::none,
                                   .shown = Shown::always,
                                   .flag = "plugin-api-version",
                                   .help = "what the plugin speaks: v1 (the default) or v1beta1",
                                   .choices = "v1 v1beta1"};

const std::array<Field<ExecSettings>, 9> table{{
    {{.key = "command",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "command",
      .help = "the plugin: a path, or a name that PATH settles now for good",
      .needed = ""},
     FieldCode<ExecSettings>{read_command,
                             [](const ExecSettings& settings) { return settings.command; }}},
    {{.key = "args",
      .form = FieldForm::list,
      .identity = Identity::of_request, // by its digest, in the asker
      .shown = Shown::always,
      .flag = "arg",
      .help = "argument of the plugin, repeatable"},
     FieldCode<ExecSettings>{
         [](SettingsSection& section, std::string_view key, ExecSettings& settings) {
             settings.arguments = section.texts(key).value_or(std::vector<std::string>());
         },
         shown_arguments}},
    {{.key = "env",
      .form = FieldForm::list,
      .identity = Identity::of_request, // by its digest, in the asker
      .shown = Shown::if_set,
      .flag = "env",
      .help = "NAME=VALUE for the plugin, repeatable"},
     FieldCode<ExecSettings>{
         read_environment,
         [](const ExecSettings& settings) { return shown_texts(settings.environment); }}},
    {version_facts, FieldCode<ExecSettings>{
                        [](SettingsSection& section, std::string_view, ExecSettings& settings) {
                            if (auto text = read_text_field(section, version_facts, {});
                                !text.empty())
                                settings.api_version = std::move(text);
                        },
                        [](const ExecSettings& settings) { return settings.api_version; }}},
    {{.key = "interactive",
      .form = FieldForm::choice,
      .identity = Identity::none,
      .shown = Shown::always,
      .flag = "interactive",
      .help = "whether the plugin may ask a person: never (the default), if-available or always",
      .choices = "never if-available always"},
     FieldCode<ExecSettings>{
         read_mode,
         [](const ExecSettings& settings) { return std::string(to_text(settings.interactive)); }}},
    {{.key = "provide-cluster-info",
      .form = FieldForm::truth,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "provide-cluster-info",
      .help = "tell the plugin which cluster its credential is for"},
     &ExecSettings::cluster_info},
    {{.key = "cluster-config",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::if_set},
     FieldCode<ExecSettings>{read_config,
                             [](const ExecSettings& settings) { return settings.cluster_config; }}},
    {{.key = "depends-on",
      .form = FieldForm::list,
      .identity = Identity::of_request, // with what lies there, in the asker
      .shown = Shown::if_set,
      .flag = "depends-on",
      .help = "variable or file, repeatable, by which the plugin chooses whose credential it "
              "prints; those of known plugins need not be named"},
     FieldCode<ExecSettings>{
         read_dependencies,
         [](const ExecSettings& settings) { return joined_for_people(settings.depends_on); }}},
    {{.key = "install-hint",
      .form = FieldForm::text,
      .identity = Identity::none,
      .shown = Shown::if_set},
     &ExecSettings::install_hint},
}};

std::span<const Field<ExecSettings>> fields() {
    return table;
}

bool is_named_like_a_secret(std::string_view name) {
    std::string lower(name);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    constexpr std::array<std::string_view, 5> words{"secret", "password", "token", "passphrase",
                                                    "access-key"};
    // A file or URL that leads to one is none.
    constexpr std::array<std::string_view, 4> harmless{"file", "url", "cache", "path"};
    const auto holds = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
    return std::any_of(words.begin(), words.end(), holds) &&
           std::none_of(harmless.begin(), harmless.end(), holds);
}

} // namespace

std::string_view to_text(Interactive mode) {
    return modes.at(static_cast<std::size_t>(mode)).word;
}

std::optional<Interactive> parse_interactive(std::string_view word) {
    for (const Mode& mode : modes)
        if (mode.word == word)
            return mode.value;
    return std::nullopt;
}

std::optional<Interactive> parse_interactive_mode(std::string_view word) {
    if (word.empty())
        return Interactive::if_available;
    for (const Mode& mode : modes)
        if (mode.kubeconfig == word)
            return mode.value;
    return std::nullopt;
}

std::pair<std::string, std::string> split_assignment(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        return {};
    return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::string without_secret(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !is_named_like_a_secret(text.substr(0, equals)))
        return std::string(text);
    return std::string(text.substr(0, equals + 1)) + std::string(hidden);
}

ExecSettings read_settings(SettingsSection section, const SettingsPaths& paths, LeaseTerms& terms) {
    ExecSettings settings;
    read_fields(section, fields(), paths, settings);
    for (std::string& text : settings.depends_on)
        if (is_dependency_file(text))
            text = resolve_path(text, paths.directory, paths.home);
    // That of the contexts which `kubeconfig add` writes.
    if (const auto space = section.text("namespace")) {
        if (!is_dns_label(*space))
            section.fail("namespace", "\"exec.namespace\" is no namespace name: " + quoted(*space));
        terms.namespaces = {*space};
    }
    section.finish();
    return settings;
}

Fields settings_identity(const ExecSettings& settings, Identity::Role role) {
    Fields identity;
    identify_fields(own, fields(), settings, role, identity);
    return identity;
}

Fields shown_settings(const ExecSettings& settings, const LeaseTerms& terms) {
    Fields shown;
    show_fields(own, fields(), settings, shown);
    if (!terms.namespaces.empty())
        shown.emplace_back("exec.namespace", terms.default_namespace());
    return shown;
}

std::string leased(const ExecSettings& settings) {
    std::string text = settings.command.substr(settings.command.rfind('/') + 1);
    for (const std::string& argument : settings.arguments) {
        if (argument.starts_with('-') || text.size() > 40)
            break;
        text += ' ' + argument;
    }
    return text;
}

std::vector<FieldGroup> setting_groups() {
    return {group_of(own, fields())};
}

} // namespace leasehold::lease::exec
