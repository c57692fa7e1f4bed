// What the `exec` provider is told by a profile: which exec credential plugin
// (client.authentication.k8s.io) to run, and how.
#pragma once

#include "src/lease/settings/field.hpp"
#include "src/lease/terms/lease_terms.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::lease::exec {

// Whether the plugin may ask a person, as `interactiveMode` of a kubeconfig.
enum class Interactive { never, if_available, always };

struct ExecSettings {
    std::string command; // absolute: what a name means was settled when the profile was made
    std::vector<std::string> arguments;
    std::vector<std::string> environment; // NAME=VALUE, over what the plugin gets of ours
    std::string api_version = "v1";       // or v1beta1: the one that the plugin answers with
    Interactive interactive = Interactive::never;
    bool cluster_info = false;
    std::string cluster_config;          // JSON: spec.cluster.config; "" for none
    std::vector<std::string> depends_on; // variables, or files by a path with a slash
    std::string install_hint;            // for people, where the command is not there
};

// The name of a mode in profiles and kubeconfigs' words, and back.
[[nodiscard]] std::string_view to_text(Interactive mode);
[[nodiscard]] std::optional<Interactive> parse_interactive(std::string_view word);
// As a kubeconfig's `interactiveMode` says it ("IfAvailable"); "" is what v1beta1 takes it for.
[[nodiscard]] std::optional<Interactive> parse_interactive_mode(std::string_view word);

// NAME and VALUE of an element of `environment`; NAME is "" if there is no such.
[[nodiscard]] std::pair<std::string, std::string> split_assignment(std::string_view text);

// Whether an element of `depends_on` is a file.
[[nodiscard]] inline bool is_dependency_file(std::string_view text) {
    return text.find('/') != std::string_view::npos;
}

// Reads the profile's section `exec`. Mistakes go to the section's context.
[[nodiscard]] ExecSettings read_settings(SettingsSection section, const SettingsPaths& paths,
                                         LeaseTerms& terms);

// What tells one lease from another by the settings alone. Arguments and variables, which may hold
// secrets, are told apart by their digest (plugin/asker.hpp).
[[nodiscard]] Fields settings_identity(const ExecSettings& settings, Identity::Role role);

// Each value under its path in the file; what looks like a secret is not shown.
[[nodiscard]] Fields shown_settings(const ExecSettings& settings, const LeaseTerms& terms);

// In a word: "aws eks get-token".
[[nodiscard]] std::string leased(const ExecSettings& settings);

// An argument or NAME=VALUE as it may be shown: without the value of what is named like a secret.
[[nodiscard]] std::string without_secret(std::string_view text);

[[nodiscard]] std::vector<FieldGroup> setting_groups();

} // namespace leasehold::lease::exec
