#include "helper/providers/kubernetes/flags.hpp"

#include "helper/setting_flags/field_flags.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/process.hpp"
#include "src/base/yaml_scalar.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/kubernetes/settings/added_metadata.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"
#include "src/lease/kubernetes/settings/reading.hpp"

#include <algorithm>
#include <set>

namespace leasehold::helper {
namespace {

class Section {
public:
    explicit Section(const DraftingInput& input)
        : input_(input), options_(input.options), source_{input.process, input.options} {}

    Result<std::string> write() {
        LEASEHOLD_TRY(check_credential_flags());
        const std::vector<lease::FieldGroup> groups = lease::kubernetes_groups();
        yaml_.section(0, "kubernetes");
        LEASEHOLD_TRY(write_namespaces());
        LEASEHOLD_TRY(write_fields(yaml_, 2, groups.front(), source_));
        LEASEHOLD_TRY(write_roles());
        for (const char* kind : {"label", "annotation"})
            LEASEHOLD_TRY(write_added(kind));
        yaml_.section(2, "requester");
        const bool given = std::any_of(
            groups.back().fields.begin(), groups.back().fields.end(), [&](const auto& facts) {
                return !facts.flag.empty() && facts.flag != "requester-command" &&
                       options_.has(std::string(facts.flag).c_str());
            });
        LEASEHOLD_TRY(write_fields(yaml_, 4, groups.back(), source_));
        if (!given)
            LEASEHOLD_TRY(write_usual_requester());
        if (!options_.has("requester-command"))
            write_command(given);
        return yaml_.take();
    }

private:
    // What belongs to the other credential would be lost without a word.
    [[nodiscard]] Result<void> check_credential_flags() const {
        const bool dynamic = options_.text("credential").value_or("static") == "dynamic";
        for (const char* name : {"service-account", "revocable", "no-revocable"})
            if (dynamic && options_.has(name))
                return options_.usage_error("--" + std::string(name) +
                                            " is for --credential static");
        for (const char* name : {"role-type", "role", "rules-file", "binding", "name-template",
                                 "role-in", "cluster-role-in"})
            if (!dynamic && options_.has(name))
                return options_.usage_error("--" + std::string(name) +
                                            " is for --credential dynamic");
        if (options_.has("revocable") && options_.has("no-revocable"))
            return options_.usage_error("--revocable or --no-revocable?");
        return dynamic ? check_role_flags() : check_account();
    }

    [[nodiscard]] Result<void> check_role_flags() const {
        const bool several = options_.has("role-in") || options_.has("cluster-role-in");
        for (const char* name : {"role-type", "role", "rules-file", "binding"})
            if (several && options_.has(name))
                return options_.usage_error("--" + std::string(name) +
                                            " does not go with --role-in and --cluster-role-in");
        if (!several && options_.has("role") == options_.has("rules-file"))
            return options_.usage_error(
                "a dynamic credential needs --role or --rules-file, or several roles in their "
                "namespaces: --role-in, --cluster-role-in");
        return {};
    }

    [[nodiscard]] Result<void> check_account() const {
        if (options_.texts("namespace").empty())
            return options_.usage_error("--namespace is missing");
        LEASEHOLD_TRY_ASSIGN(const std::string account, options_.required("service-account"));
        if (!is_dns_subdomain(account))
            return options_.usage_error("--service-account " + quoted(account) +
                                        " is no service account name");
        return {};
    }

    Result<void> write_namespaces() {
        const auto spaces = options_.texts("namespace");
        if (spaces.empty())
            return options_.usage_error("--namespace is missing");
        for (const std::string& space : spaces)
            if (!is_dns_label(space) && !(space == "*" && options_.has("namespace-selector")))
                return options_.usage_error("--namespace " + quoted(space) +
                                            " is no namespace name");
        if (spaces.size() == 1)
            yaml_.value(2, "namespace", spaces.front());
        else
            yaml_.values(2, "namespaces", spaces);
        return {};
    }

    // As the profile has them: {namespace, role | cluster-role}.
    Result<void> write_roles() {
        boost::json::array roles;
        for (const char* key : {"role", "cluster-role"}) {
            const std::string flag = std::string(key) + "-in";
            for (const std::string& given : options_.texts(flag.c_str())) {
                const std::size_t slash = given.find('/');
                const std::string space = given.substr(0, slash);
                const std::string role = slash == std::string::npos ? "" : given.substr(slash + 1);
                if (!is_dns_label(space) || !lease::is_role_name(role))
                    return options_.usage_error("--" + flag + ' ' + quoted(given) +
                                                    " is not NAMESPACE/NAME",
                                                "such as --" + flag + " ci/reader");
                roles.push_back(boost::json::object{{"namespace", space}, {key, role}});
            }
        }
        if (!roles.empty())
            yaml_.block(2, "roles", to_yaml(roles));
        return {};
    }

    Result<void> write_added(const std::string& kind) {
        std::set<std::string> keys;
        for (const std::string& given : options_.texts(kind.c_str())) {
            const std::size_t equals = given.find('=');
            if (equals == std::string::npos)
                return options_.usage_error("--" + kind + ' ' + quoted(given) +
                                            " is not KEY=VALUE");
            const std::string key = given.substr(0, equals);
            const std::string value = given.substr(equals + 1);
            if (const auto checked = lease::check_added(kind, key, value); !checked)
                return options_.usage_error("--" + checked.error().message, checked.error().hint);
            if (keys.empty())
                yaml_.section(2, kind + 's');
            if (!keys.insert(key).second)
                return options_.usage_error("--" + kind + ' ' + quoted(key) + " is given twice");
            yaml_.word(4, key, yaml_scalar(value));
        }
        return {};
    }

    Result<void> write_usual_requester() {
        if (input_.source == nullptr) {
            yaml_.value(4, "token", "stored");
            return {};
        }
        if (input_.source->no_user)
            return *input_.source->no_user;
        if (!input_.source->lasting)
            return options_.usage_error(
                quoted(input_.source->file) +
                    " can be read only now, and the profile's requester "
                    "is to read its kubeconfig whenever a token is needed",
                "save it to a file, or give another requester, such as --requester-token-file");
        yaml_.value(4, "kubeconfig", input_.source->file);
        yaml_.value(4, "context", input_.source->name);
        return {};
    }

    // PATH means something else in a client's call: what the plugin's name means is settled here.
    void write_command(bool given) {
        const auto file = options_.text("requester-kubeconfig");
        std::optional<lease::ExecPlugin> plugin;
        if (file) {
            if (auto context =
                    lease::read_kubeconfig_context(absolute_path(input_.process, *file),
                                                   options_.text("requester-context").value_or("")))
                plugin = std::move(context->user.exec);
        } else if (!given && input_.source != nullptr) {
            plugin = input_.source->user.exec;
        }
        if (plugin && plugin->command.find('/') == std::string::npos)
            yaml_.value(4, "command",
                        find_program(plugin->command, input_.process.environment.value("PATH")));
    }

    const DraftingInput& input_;
    const Options& options_;
    FieldSource source_;
    YamlLines yaml_;
};

} // namespace

Result<std::string> kubernetes_section(const DraftingInput& input) {
    return Section(input).write();
}

} // namespace leasehold::helper
