// leasehold infisical definition create | list | show | update | delete.
#include "src/lease/infisical/definition.hpp"

#include "helper/commands/commands.hpp"
#include "helper/commands/infisical/definition_draft.hpp"
#include "helper/commands/opening.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/infisical/place.hpp"
#include "helper/providers/infisical/side.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/lease/infisical/wire/outside.hpp"

#include <functional>

namespace leasehold::helper {
namespace {

namespace json = boost::json;
using lease::infisical::DefinitionDraft;
using lease::infisical::Definitions;

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
    declare_definition_inputs(options);
}

Result<int> run_definition_create(Invocation& call) {
    LEASEHOLD_TRY(call.options.required("default-ttl"));
    LEASEHOLD_TRY(call.options.required("credential-type"));
    LEASEHOLD_TRY_ASSIGN(const DefinitionDraft draft,
                         read_definition_draft(call.process, call.options, true));
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
    declare_definition_inputs(options);
    options.value("new-name", "another name for it");
}

Result<int> run_definition_update(Invocation& call) {
    LEASEHOLD_TRY_ASSIGN(DefinitionDraft draft,
                         read_definition_draft(call.process, call.options, false));
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
