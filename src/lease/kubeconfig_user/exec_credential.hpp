// What an exec credential plugin prints (client.authentication.k8s.io, ExecCredential), without a
// process.
#pragma once

#include "src/base/error.hpp"
#include "src/base/secret.hpp"
#include "src/http/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease {

struct PluginCredential {
    Secret token;
    std::optional<http::ClientCertificate> certificate;
    // expirationTimestamp as printed, "" if it is no text; empty if there is none.
    std::optional<std::string> expiration = {};
};

// Reads JSON or YAML; what is "" counts as left out, as client-go has it. `api_version` is the one
// that the plugin's kubeconfig entry names. Errors have ErrorCode::bad_answer and read on from "the
// plugin".
[[nodiscard]] Result<PluginCredential> read_exec_credential(std::string_view output,
                                                            std::string_view api_version);

} // namespace leasehold::lease
