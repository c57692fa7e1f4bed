#include "src/lease/kubernetes/settings/requester.hpp"

#include "src/base/hostile_text.hpp"

#include <array>
#include <utility>

namespace leasehold::lease {
namespace {

using Kind = RequesterSettings::Kind;

std::string shown_context(const RequesterSettings& requester) {
    if (requester.kind != Kind::kubeconfig)
        return {};
    return requester.context.empty() ? "(current)" : requester.context;
}

const std::array<Field<RequesterSettings>, 14> table{{
    {{.key = "kubeconfig",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-kubeconfig",
      .help = "ask with the user of a context of this kubeconfig"},
     &RequesterSettings::kubeconfig},
    {{.key = "context",
      .form = FieldForm::text,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-context",
      .help = "the context in it (default: its current one)"},
     FieldCode<RequesterSettings>{
         [](SettingsSection& section, std::string_view key, RequesterSettings& requester) {
             requester.context = section.text(key).value_or("");
         },
         shown_context}},
    {{.key = "command",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-command",
      .help = "the program of its exec plugin (default: where PATH has it now)"},
     &RequesterSettings::command},
    {{.key = "token-file",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-token-file",
      .help = "ask with the token in this file"},
     &RequesterSettings::token_file},
    {{.key = "gateway",
      .form = FieldForm::https_url,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-gateway",
      .help = "ask through this gateway (URL), with the client certificate"},
     &RequesterSettings::gateway},
    {{.key = "certificate-authority",
      .form = FieldForm::path,
      .identity = Identity::none,
      .shown = Shown::if_set,
      .flag = "requester-certificate-authority",
      .help = "PEM file of the gateway's CA"},
     &RequesterSettings::gateway_ca},
    {{.key = "client-certificate",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-client-certificate",
      .help = "ask with this client certificate (PEM file)"},
     &RequesterSettings::client_certificate},
    {{.key = "client-key",
      .form = FieldForm::path,
      .identity = Identity::none,
      .shown = Shown::if_set,
      .flag = "requester-client-key",
      .help = "the key to it (PEM file)"},
     &RequesterSettings::client_key},
    {{.key = "in-cluster",
      .form = FieldForm::truth,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-in-cluster",
      .help = "ask with the pod's own service account"},
     FieldCode<RequesterSettings>{
         [](SettingsSection& section, std::string_view key, RequesterSettings& requester) {
             if (section.boolean(key).value_or(false))
                 requester.kind = Kind::in_cluster;
         },
         [](const RequesterSettings& requester) {
             return std::string(requester.kind == Kind::in_cluster ? "true" : "");
         }}},
    {{.key = "oidc",
      .form = FieldForm::choice,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-oidc",
      .help = "ask with the CI platform's own JWT: github (made for this job), variable or file",
      .choices = "github variable file"},
     &RequesterSettings::oidc},
    {{.key = "oidc-audience",
      .form = FieldForm::text,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-oidc-audience",
      .help = "github: the audience that the API server expects"},
     &RequesterSettings::oidc_audience},
    {{.key = "oidc-variable",
      .form = FieldForm::text,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-oidc-variable",
      .help = "variable: the environment variable with the JWT"},
     &RequesterSettings::oidc_variable},
    {{.key = "oidc-file",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "requester-oidc-file",
      .help = "file: the file with the JWT"},
     &RequesterSettings::oidc_file},
    {{.key = "token",
      .form = FieldForm::text,
      .identity = Identity::of_login,
      .shown = Shown::if_set},
     FieldCode<RequesterSettings>{[](SettingsSection&, std::string_view, RequesterSettings&) {},
                                  [](const RequesterSettings& requester) {
                                      return std::string(
                                          requester.kind == Kind::stored_token ? "stored" : "");
                                  }}},
}};

// The one way that is named, if it is one.
void choose_kind(SettingsSection& section, bool token, RequesterSettings& requester) {
    const bool gateway = !requester.gateway.host.empty();
    const bool in_cluster = requester.kind == Kind::in_cluster;
    // A gateway is asked with the client certificate: the two are one way.
    const int kinds = int(!requester.kubeconfig.empty()) + int(!requester.token_file.empty()) +
                      int(!requester.client_certificate.empty() || gateway) + int(in_cluster) +
                      int(!requester.oidc.empty()) + int(token);
    if (kinds > 1)
        section.fail("", "\"kubernetes.requester\" names more than one way to ask");
    requester.kind = !requester.kubeconfig.empty()           ? Kind::kubeconfig
                     : !requester.token_file.empty()         ? Kind::token_file
                     : gateway                               ? Kind::gateway
                     : !requester.client_certificate.empty() ? Kind::client_certificate
                     : !requester.oidc.empty()               ? Kind::oidc
                     : in_cluster                            ? Kind::in_cluster
                                                             : Kind::stored_token;
}

// Each source of a JWT has its own key, and none that is another's.
void check_oidc(SettingsSection& section, const RequesterSettings& requester) {
    const std::pair<std::string_view, const std::string*> keys[] = {
        {"github", &requester.oidc_audience},
        {"variable", &requester.oidc_variable},
        {"file", &requester.oidc_file}};
    for (const auto& [source, value] : keys) {
        const std::string key = "oidc-" + std::string(source == "github" ? "audience" : source);
        if (requester.oidc == source && value->empty())
            section.fail("oidc", quoted(section.path_of(key)) + " is missing",
                         source == "github"
                             ? "it is the audience that the API server is told to expect"
                             : "it says where the JWT is");
        if (requester.oidc != source && !value->empty())
            section.fail(key, quoted(section.path_of(key)) +
                                  " is for oidc: " + std::string(source) + " only");
    }
}

void check_requester(SettingsSection& section, const RequesterSettings& requester) {
    const bool gateway = section.has("gateway");
    if (!gateway && !requester.gateway_ca.empty())
        section.fail("certificate-authority",
                     "\"kubernetes.requester.certificate-authority\" is for a gateway only",
                     "the cluster's own CA is cluster.certificate-authority");
    if (gateway && requester.client_certificate.empty())
        section.fail("gateway", "a gateway needs client-certificate and client-key",
                     "it knows its callers by their certificates");
    if (requester.client_certificate.empty() != requester.client_key.empty())
        section.fail("", "client-certificate and client-key go together");
    if (!requester.context.empty() && requester.kubeconfig.empty())
        section.fail("context", "\"kubernetes.requester.context\" needs kubeconfig");
    if (!requester.command.empty() && requester.kubeconfig.empty())
        section.fail("command", "\"kubernetes.requester.command\" needs kubeconfig");
}

} // namespace

std::span<const Field<RequesterSettings>> requester_fields() {
    return table;
}

void read_requester(SettingsSection section, const SettingsPaths& paths,
                    RequesterSettings& requester) {
    read_fields(section, requester_fields(), paths, requester);
    const auto token = section.text("token");
    if (token && *token != "stored")
        section.fail("token", "\"kubernetes.requester.token\" can only be \"stored\"",
                     "a token itself never stands in a profile: keep it with "
                     "'leasehold login --profile " +
                         paths.profile + "'");
    choose_kind(section, token.has_value(), requester);
    check_requester(section, requester);
    check_oidc(section, requester);
    section.finish();
}

} // namespace leasehold::lease
