#include "helper/checks/machine.hpp"

#include "helper/providers/assembly.hpp"
#include "helper/providers/audit_log.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/http/system_anchors.hpp"

#include <unistd.h>

namespace leasehold::helper {
namespace {

using State = CheckStep::State;

CheckStep ok(std::string name, std::string finding) {
    return {std::move(name), State::ok, std::move(finding), "", ErrorCode::internal};
}

CheckStep warning(std::string name, std::string finding, std::string hint) {
    return {std::move(name), State::warning, std::move(finding), std::move(hint),
            ErrorCode::configuration};
}

CheckStep check_directory(std::string name, const std::string& path, std::string_view variable) {
    if (path.empty())
        return {std::move(name), State::failed, "there is nowhere to put it",
                "set HOME or " + std::string(variable), ErrorCode::configuration};
    const auto there = check_private_directory(path);
    if (!there)
        return {std::move(name), State::failed, there.error().message, there.error().hint,
                ErrorCode::configuration};
    return ok(std::move(name), path + (*there ? "" : " (made when it is needed)"));
}

CheckStep check_authorities(const Process& process) {
    const std::string file = process.environment.value("SSL_CERT_FILE");
    const std::string directories = process.environment.value("SSL_CERT_DIR");
    const auto anchors = http::system_anchors(file, directories);
    while (anchors->look_further()) {
    }
    const std::string count = std::to_string(anchors->count());
    if (!file.empty() && ::access(file.c_str(), R_OK) != 0)
        return warning("ca-certificates",
                       "SSL_CERT_FILE names " + quoted(file) + ", which cannot be read; " + count +
                           " elsewhere",
                       "unset it, or name a file of PEM certificates");
    if (anchors->count() != 0)
        return ok("ca-certificates", count);
    return warning("ca-certificates", "none",
                   directories.empty()
                       ? "install ca-certificates, or name the CA in the profile; a profile that "
                         "names its CA does not need them"
                       : "SSL_CERT_DIR is " + quoted(directories) +
                             ": no file there holds a PEM certificate");
}

} // namespace

std::vector<CheckStep> check_machine(const Process& process) {
    std::vector<CheckStep> steps;
    steps.push_back(::access(process.front.c_str(), X_OK) == 0
                        ? ok("program", process.front)
                        : CheckStep{"program", State::failed,
                                    quoted(process.front) + " cannot be run",
                                    "the installation is incomplete: reinstall leasehold",
                                    ErrorCode::internal});
    steps.push_back(
        check_directory("config directory", process.directories.config, "LEASEHOLD_CONFIG_DIR"));
    steps.push_back(
        check_directory("runtime directory", process.directories.runtime, "LEASEHOLD_RUNTIME_DIR"));
    steps.push_back(check_authorities(process));
    const AuditLog log(audit_log_path(process.directories.state), process.clock);
    const auto writable = log.check();
    steps.push_back(writable
                        ? ok("audit log", log.path())
                        : warning("audit log", writable.error().message, writable.error().hint));
    return steps;
}

std::vector<CheckStep> check_profile_file(const Process& process, const std::string& name) {
    const auto profile = load_profile(process, name);
    if (profile)
        return {ok("profile", profile->path)};
    return {{"profile", State::failed, profile.error().message, profile.error().hint,
             profile.error().code}};
}

} // namespace leasehold::helper
