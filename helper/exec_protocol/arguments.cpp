#include "helper/exec_protocol/arguments.hpp"

#include "helper/process/run_place.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

namespace leasehold::helper {
namespace {

Error refuse(std::string message) {
    return make_error(ErrorCode::usage, std::move(message),
                      "usage: leasehold credential --profile NAME [--api-version v1|v1beta1]");
}

Result<void> assign(std::string_view name, std::string_view value, CredentialArguments& out) {
    if (name == "--profile" && out.profile.empty()) {
        if (!is_profile_name(value))
            return refuse("not a profile name: " + quoted(value, 80));
        out.profile = value;
        return {};
    }
    if (name == "--api-version" && !out.api_version) {
        out.api_version = parse_api_version(value);
        if (!out.api_version)
            return refuse("unknown --api-version " + quoted(value, 80));
        return {};
    }
    if (name == "--run" && out.run.empty()) {
        if (!is_run_id(value))
            return refuse("not the name of a run: " + quoted(value, 80));
        out.run = value;
        return {};
    }
    if (name == "--profile" || name == "--api-version" || name == "--run")
        return refuse(std::string(name) + " is given twice");
    return refuse("unknown argument " + quoted(name, 80));
}

} // namespace

Result<CredentialArguments>
parse_credential_arguments(const std::vector<std::string_view>& arguments) {
    CredentialArguments out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        const std::size_t equals = argument.find('=');
        if (equals != std::string_view::npos && argument.starts_with("--")) {
            LEASEHOLD_TRY(assign(argument.substr(0, equals), argument.substr(equals + 1), out));
            continue;
        }
        if (argument != "--profile" && argument != "--api-version" && argument != "--run")
            return refuse("unknown argument " + quoted(argument, 80));
        if (i + 1 == arguments.size())
            return refuse(std::string(argument) + " needs a value");
        LEASEHOLD_TRY(assign(argument, arguments[++i], out));
    }
    if (out.profile.empty())
        return refuse("--profile is missing");
    return out;
}

} // namespace leasehold::helper
