#include "helper/front/full_program.hpp"

#include "helper/layout.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/detached.hpp"
#include "helper/process/mark.hpp"
#include "helper/process/own_executable.hpp"
#include "src/base/error.hpp"
#include "src/base/fd.hpp"
#include "src/base/files.hpp"

#include <cerrno>

#include <unistd.h>

namespace leasehold::helper {
namespace {

bool is_clients_call(const char* const* environment) {
    for (; *environment != nullptr; ++environment)
        if (is_client_variable(*environment))
            return true;
    return false;
}

} // namespace

std::string full_program_path() {
    const std::string own = own_executable();
    if (own.empty())
        return {};
    std::string prefix = directory_of(own);
    for (int up = 0; up < bin_depth; ++up)
        prefix = directory_of(prefix);
    return (prefix == "/" ? "" : prefix) + '/' + std::string(libexec_directory) +
           "/leasehold/leasehold";
}

int execute_full_program(char* const* argv, char** environment) noexcept {
    const std::string path = full_program_path();
    if (path.empty()) {
        (void)write_all(2, "leasehold: error: cannot find out where this program lies\n"
                           "hint: mount /proc, or call leasehold by its path\n");
        return static_cast<int>(ErrorCode::internal);
    }
    if (is_clients_call(environment))
        drop_loader_variables(environment);
    ::execve(path.c_str(), argv, environment);
    const std::string message = "leasehold: error: cannot run " + path + ": " + errno_text(errno) +
                                "\nhint: the installation is incomplete: reinstall leasehold\n";
    (void)write_all(2, message);
    return static_cast<int>(ErrorCode::internal);
}

void start_behind(const char* command, const std::string& profile, char** environment) noexcept {
    Caller caller;
    if (const auto mark = own_mark())
        caller = mark->caller;
    else if (is_clients_call(environment))
        caller = {true, read_parents_environment()};
    if (caller.client)
        drop_loader_variables(environment);
    start_detached(full_program_path(), command, profile, environment, caller);
}

} // namespace leasehold::helper
