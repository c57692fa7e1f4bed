// The front: what people and kubeconfigs call. It answers a hit by itself and hands everything
// else to the full program.
#include "helper/exec_protocol/arguments.hpp"
#include "helper/front/full_program.hpp"
#include "helper/front/hit.hpp"
#include "helper/process/harden.hpp"
#include "src/base/fd.hpp"

#include <csignal>
#include <new>
#include <optional>

#include <unistd.h>

namespace {

using namespace leasehold;

int serve(helper::FrontHit hit, const std::string& profile, char** environment) {
    // A client that went away shows as an error of write(), not as our death by a signal.
    (void)std::signal(SIGPIPE, SIG_IGN);
    const bool printed = helper::print_credential(1, hit.json);
    if (hit.behind != nullptr)
        helper::start_behind(hit.behind, profile, environment);
    if (printed)
        return 0;
    (void)write_all(2, "leasehold: error: stdout could not take the credential\n");
    return static_cast<int>(ErrorCode::internal);
}

// What has no room here may have it in the full program, which has words for it, too.
std::optional<helper::FrontHit> look(const helper::CredentialArguments& arguments,
                                     char** environment) {
    const SystemClock clock;
    try {
        return helper::look_for_hit(arguments, environment, clock);
    } catch (const std::bad_alloc&) {
        return std::nullopt;
    }
}

} // namespace

int main(int argc, char** argv, char** environment) {
    if (!helper::harden_process()) {
        (void)write_all(2, "leasehold: error: leasehold does not run setuid or setgid\n");
        return static_cast<int>(ErrorCode::configuration);
    }
    if (argc > 1 && std::string_view(argv[1]) == "credential") {
        const auto arguments = helper::parse_credential_arguments({argv + 2, argv + argc});
        if (arguments)
            if (auto hit = look(*arguments, environment))
                return serve(*std::move(hit), arguments->profile, environment);
    }
    return helper::execute_full_program(argv, environment);
}
