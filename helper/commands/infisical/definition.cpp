// leasehold infisical definition create | list | show | update | delete.
#include "src/lease/infisical/definition.hpp"

#include "helper/commands/commands.hpp"
#include "helper/commands/opening.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/infisical/place.hpp"
#include "helper/providers/infisical/side.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/infisical/wire/outside.hpp"

#include <functional>

namespace leasehold::helper {
namespace {

namespace json = boost::json;
using lease::infisical::DefinitionDraft;
using lease::infisical::Definitions;

void declare_inputs(Options& options) {
    options.value("default-ttl", "TTL of a lease that asks for none: 90m, 8h, 30d")
        .value("max-ttl", "longest TTL of a lease; \"none\" for no limit")
        .value("credential-type", "static: tokens of one account; dynamic: of temporary ones")
        .value("auth-method", "api (with a cluster token) or gateway")
        .value("cluster-url", "URL of the API server, as Infisical reaches it")
        .value("cluster-token-file", "file with the token that Infisical uses there")
        .flag("cluster-token-stdin", "read that token from standard input")
        .value("cluster-certificate-authority", "PEM file of the API server's CA")
        .value("ssl", "true or false: hold the API server against that CA")
        .value("ssl-reject-unauthorized", "true or false: refuse certificates that do not verify")
        .value("gateway-id", "the gateway on the way to the cluster")
        .value("gateway-pool-id", "a pool of gateways instead")
        .values("audience", "audience of the tokens, repeatable")
        .values("namespace", "namespace; with dynamic repeatable, the first is the default")
        .value("service-account", "static: the account")
        .value("role-type", "dynamic: role or cluster-role")
        .value("role", "dynamic: the role to bind")
        .value("username-template", "dynamic: name of the temporary accounts")
        .values("metadata", "KEY=VALUE, repeatable");
}

void declare_common(Options& options) {
    options
        .value("profile", "the profile that tells site, project, environment, path and login "
                          "(default: the current "
                          "context's)")
        .flag("show-secrets", "print the cluster's token, too")
        .output()
        .positional("DEFINITION");
    declare_infisical_place(options);
}

// Inputs that are plain texts: flag and name on the wire.
Result<void> add_texts(const Options& options, json::object& inputs) {
    const std::pair<const char*, const char*> texts[] = {{"credential-type", "credentialType"},
                                                         {"auth-method", "authMethod"},
                                                         {"cluster-url", "url"},
                                                         {"gateway-id", "gatewayId"},
                                                         {"gateway-pool-id", "gatewayPoolId"},
                                                         {"service-account", "serviceAccountName"},
                                                         {"role-type", "roleType"},
                                                         {"role", "role"}};
    for (const auto& [flag, name] : texts)
        if (const auto text = options.text(flag))
            inputs[name] = *text;
    const std::pair<const char*, const char*> truths[] = {
        {"ssl", "sslEnabled"}, {"ssl-reject-unauthorized", "sslRejectUnauthorized"}};
    for (const auto& [flag, name] : truths)
        if (const auto text = options.text(flag)) {
            if (*text != "true" && *text != "false")
                return options.usage_error("--" + std::string(flag) + " must be true or false");
            inputs[name] = *text == "true";
        }
    return {};
}

Result<void> add_inputs(const Process& process, const Options& options, bool complete,
                        DefinitionDraft& draft) {
    json::object& inputs = draft.inputs;
    LEASEHOLD_TRY(add_texts(options, inputs));
    if (const auto file = options.text("cluster-certificate-authority")) {
        LEASEHOLD_TRY_ASSIGN(const std::string pem,
                             read_file(*file, {}, "--cluster-certificate-authority"));
        inputs["ca"] = pem;
    }
    const auto audiences = options.texts("audience");
    if (!audiences.empty() || complete)
        inputs["audiences"] = json::array(audiences.begin(), audiences.end());
    std::string namespaces;
    for (const std::string& name : options.texts("namespace"))
        namespaces += (namespaces.empty() ? "" : ",") + name;
    if (!namespaces.empty())
        inputs["namespace"] = namespaces;
    if (options.has("cluster-token-file") || options.has("cluster-token-stdin")) {
        LEASEHOLD_TRY_ASSIGN(
            draft.cluster_token,
            read_secret_input(options, "cluster-token", "cluster token", process.directories.home));
    }
    return {};
}

// No lease can be made below the cluster's floor, however it is asked for.
Result<void> check_floor(const Options& options, Seconds ttl, const std::string& flag) {
    if (ttl >= lease::infisical::shortest_ttl)
        return {};
    return options.usage_error(
        flag + " is too short: no lease of it could be made",
        "Infisical asks the cluster for what is left of a TTL when it gets there, and Kubernetes "
        "grants nothing below 10m: give 11m or more");
}

Result<void> add_ttls(const Options& options, DefinitionDraft& draft) {
    std::optional<Seconds> usual;
    if (const auto ttl = options.text("default-ttl")) {
        LEASEHOLD_TRY_ASSIGN(usual, lease::infisical::check_definition_ttl(*ttl, "--default-ttl"));
        LEASEHOLD_TRY(check_floor(options, *usual, "--default-ttl " + *ttl));
        draft.members["defaultTTL"] = *ttl;
    }
    if (const auto ttl = options.text("max-ttl")) {
        draft.members["maxTTL"] = *ttl == "none" ? json::value(nullptr) : json::value(*ttl);
        if (*ttl == "none")
            return {};
        LEASEHOLD_TRY_ASSIGN(const Seconds most,
                             lease::infisical::check_definition_ttl(*ttl, "--max-ttl"));
        LEASEHOLD_TRY(check_floor(options, most, "--max-ttl " + *ttl));
        if (usual && *usual > most)
            return options.usage_error("--default-ttl is longer than --max-ttl",
                                       "a lease that names no TTL would be refused");
    }
    return {};
}

Result<void> add_metadata(const Options& options, DefinitionDraft& draft) {
    if (const auto text = options.text("username-template"))
        draft.members["usernameTemplate"] = *text;
    json::array pairs;
    for (const std::string& item : options.texts("metadata")) {
        const std::size_t sign = item.find('=');
        if (sign == std::string::npos || sign == 0)
            return options.usage_error("--metadata " + quoted(item, 80) + " is no KEY=VALUE");
        pairs.push_back(
            json::object{{"key", item.substr(0, sign)}, {"value", item.substr(sign + 1)}});
    }
    if (!pairs.empty())
        draft.members["metadata"] = std::move(pairs);
    return {};
}

Result<DefinitionDraft> read_draft(const Process& process, const Options& options, bool complete) {
    DefinitionDraft draft;
    LEASEHOLD_TRY(add_ttls(options, draft));
    LEASEHOLD_TRY(add_metadata(options, draft));
    LEASEHOLD_TRY(add_inputs(process, options, complete, draft));
    return draft;
}

std::string shown(const json::value& value, std::string_view name) {
    const std::string text = hostile_text(json_string(value, {name}).value_or(""), 120);
    return text.empty() ? "-" : text;
}

// What the table has no room for.
void print_rest(Process& process, const json::value& one) {
    json::object rest;
    for (const char* name : {"usernameTemplate", "metadata", "statusDetails"})
        if (const json::value* found = json_find(one, {name});
            found != nullptr && !found->is_null())
            rest[name] = *found;
    if (!rest.empty())
        process.print("\n" + to_yaml(rest));
}

void print_definitions(Process& process, const json::value& value, OutputFormat format) {
    if (format != OutputFormat::table)
        return process.print(format == OutputFormat::json ? to_json(value) : to_yaml(value));
    Table table{{"NAME", "TYPE", "DEFAULT TTL", "MAX TTL", "USERNAME TEMPLATE", "STATUS"}, {}};
    const auto add = [&](const json::value& one) {
        table.rows.push_back({shown(one, "name"), shown(one, "type"), shown(one, "defaultTTL"),
                              shown(one, "maxTTL"), shown(one, "usernameTemplate"),
                              shown(one, "status")});
    };
    if (value.is_array())
        for (const json::value& one : value.get_array())
            add(one);
    else
        add(value);
    process.print(table.rows.empty() ? "no dynamic secrets\n" : to_table(table));
    if (value.is_object())
        print_rest(process, value);
    const json::value* inputs = json_find(value, {"inputs"});
    if (inputs != nullptr)
        process.print("\n" + to_yaml(*inputs));
}

using Action = std::function<Result<json::value>(Definitions&, const std::string& name, Deadline)>;

// What stands for a name where none is asked for; no dynamic secret can be called so.
constexpr const char* no_name = "_";

void print_answer(Invocation& call, json::value value) {
    print_definitions(call.process,
                      call.options.has("show-secrets") ? std::move(value)
                                                       : lease::infisical::masked(std::move(value)),
                      call.format);
}

// At the folder of the profile's site. The name is the argument, else the profile's dynamic secret.
Result<int> carry_out_by_profile(Invocation& call, const Action& action) {
    LEASEHOLD_TRY(open_assembly(call));
    auto* side = dynamic_cast<InfisicalSide*>(&call.assembly->side());
    if (side == nullptr)
        return make_error(ErrorCode::usage,
                          "profile " + call.assembly->profile().name +
                              " is not of the provider infisical",
                          "name another with --profile, or the folder itself with --project-slug "
                          "and --environment");
    const lease::infisical::Outside outside = side->outside();
    Definitions definitions(side->settings(), outside);
    const std::string name =
        call.options.text("DEFINITION").value_or(side->settings().dynamic_secret);
    LEASEHOLD_TRY_ASSIGN(json::value value, action(definitions, name, *call.deadline));
    print_answer(call, std::move(value));
    return 0;
}

// At the folder that the flags name.
Result<int> carry_out_by_flags(Invocation& call, const Action& action) {
    const std::string name = call.options.text("DEFINITION").value_or(no_name);
    LEASEHOLD_TRY_ASSIGN(auto settings, InfisicalPlace::read(call.process, call.options, name));
    open_deadline(call, lease::infisical::usual_deadline, site_text(settings));
    InfisicalPlace place(call.process, std::move(settings), call.options.verbose());
    const lease::infisical::Outside outside = place.outside();
    Definitions definitions(place.settings(), outside);
    auto value = action(definitions, name, *call.deadline);
    place.leave(*call.deadline);
    if (!value)
        return std::move(value).error();
    print_answer(call, *std::move(value));
    return 0;
}

// Whether the action is about one definition, which without a profile only the argument names.
enum class About { one, all };

Result<int> carry_out(Invocation& call, About about, const Action& action) {
    if (!names_infisical_place(call.options))
        return carry_out_by_profile(call, action);
    if (call.options.has("profile"))
        return call.options.usage_error("--profile says already which site and folder it is",
                                        "leave it out, or the flags that say it, too");
    if (about == About::one)
        LEASEHOLD_TRY(call.options.required("DEFINITION"));
    return carry_out_by_flags(call, action);
}

} // namespace

void declare_definition_create(Options& options) {
    options.examples(
        "leasehold infisical definition create web --profile dev --default-ttl 1h \\\n"
        "    --credential-type static --namespace ci --service-account web \\\n"
        "    --cluster-url https://dev.example --cluster-token-file token",
        "leasehold infisical definition create view --profile dev --default-ttl 1h \\\n"
        "    --credential-type dynamic --namespace ci --role reader \\\n"
        "    --cluster-url https://dev.example --cluster-token-file token",
        "leasehold infisical definition create far --profile dev --default-ttl 1h \\\n"
        "    --credential-type static --namespace ci --service-account web \\\n"
        "    --auth-method gateway --gateway-id ID");
    declare_common(options);
    declare_inputs(options);
}

Result<int> run_definition_create(Invocation& call) {
    LEASEHOLD_TRY(call.options.required("default-ttl"));
    LEASEHOLD_TRY(call.options.required("credential-type"));
    LEASEHOLD_TRY_ASSIGN(const DefinitionDraft draft, read_draft(call.process, call.options, true));
    return carry_out(call, About::one, [&](Definitions& all, const std::string& name, Deadline by) {
        return all.create(name, draft, by);
    });
}

void declare_definition_list(Options& options) {
    options.examples("leasehold infisical definition list --profile dev",
                     "leasehold infisical definition list --profile dev -o json",
                     "leasehold infisical definition list --profile dev -o yaml");
    declare_common(options);
}

Result<int> run_definition_list(Invocation& call) {
    return carry_out(call, About::all, [](Definitions& all, const std::string&, Deadline by) {
        return all.list(by);
    });
}

void declare_definition_show(Options& options) {
    options.examples("leasehold infisical definition show --profile dev",
                     "leasehold infisical definition show deployer --profile dev",
                     "leasehold infisical definition show deployer --profile dev -o json");
    declare_common(options);
}

Result<int> run_definition_show(Invocation& call) {
    return carry_out(call, About::one, [](Definitions& all, const std::string& name, Deadline by) {
        return all.show(name, by);
    });
}

void declare_definition_update(Options& options) {
    options.examples("leasehold infisical definition update --profile dev --default-ttl 2h",
                     "leasehold infisical definition update deployer --profile dev --max-ttl none",
                     "leasehold infisical definition update old --profile dev --new-name new");
    declare_common(options);
    declare_inputs(options);
    options.value("new-name", "another name for it");
}

Result<int> run_definition_update(Invocation& call) {
    LEASEHOLD_TRY_ASSIGN(DefinitionDraft draft, read_draft(call.process, call.options, false));
    if (const auto name = call.options.text("new-name"))
        draft.members["newName"] = *name;
    if (draft.members.empty() && draft.inputs.empty() && draft.cluster_token.empty())
        return call.options.usage_error("nothing is to be changed");
    // What is not given stays as it is; the server checks and tests the whole again.
    return carry_out(call, About::one, [&](Definitions& all, const std::string& name, Deadline by) {
        return all.update(name, draft, by);
    });
}

void declare_definition_delete(Options& options) {
    options.examples("leasehold infisical definition delete deployer --profile dev",
                     "leasehold infisical definition delete deployer --profile dev --force",
                     "leasehold infisical definition delete deployer --profile dev -o json");
    declare_common(options);
    options.flag("force", "forget its leases without touching the cluster");
}

Result<int> run_definition_delete(Invocation& call) {
    LEASEHOLD_TRY(call.options.required("DEFINITION"));
    return carry_out(call, About::one, [&](Definitions& all, const std::string& name, Deadline by) {
        return all.remove(name, call.options.has("force"), by);
    });
}

} // namespace leasehold::helper
