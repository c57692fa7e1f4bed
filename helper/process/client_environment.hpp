// The environment that a client was started with, for the call it makes and for the work that goes
// on behind that call. The front needs this too: nothing but system calls here.
#pragma once

#include "helper/process/directories.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::helper {

// Set by clients that speak the exec protocol, after exec.env, so that no kubeconfig can take it
// away (client-go, plugin/pkg/client/auth/exec).
inline constexpr const char* client_variable = "KUBERNETES_EXEC_INFO";
// Whether "NAME=value" is that one.
[[nodiscard]] bool is_client_variable(std::string_view entry);

// Whether and which client made us. `environment` is what /proc/PID/environ says of the client,
// NAME=value with a NUL after each; empty if that cannot be read or is not this user's process.
struct Caller {
    bool client = false;
    std::optional<std::string> environment = {};
};

// Of this process's parent, without looking whether it is a client.
[[nodiscard]] std::optional<std::string> read_parents_environment() noexcept;

// A Caller as bytes, and back; empty for bytes that are none.
[[nodiscard]] std::string encode_caller(const Caller& caller);
[[nodiscard]] std::optional<Caller> decode_caller(std::string_view bytes);

// What `lookup` gives for the variables that say where files are, in one text: a call with other
// places is another question.
[[nodiscard]] std::string places_text(const Lookup& lookup);
// Whether a variable is one of those.
[[nodiscard]] bool names_a_place(std::string_view variable);

// Takes away, in place, what the dynamic loader and the C library obey before main(), as they do
// themselves for setuid programs (ld.so(8), "Secure-execution mode"; glibc, unsecvars.h).
void drop_loader_variables(char** environment) noexcept;

} // namespace leasehold::helper
