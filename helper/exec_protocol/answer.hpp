// The answer to a client: ExecCredential of client.authentication.k8s.io, in the one form that
// every client reads (H1, H4, H5).
// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
#pragma once

#include "src/base/clock.hpp"
#include "src/base/key_pair.hpp"
#include "src/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::helper {

enum class ExecApiVersion { v1, v1beta1 };

// "v1" or "v1beta1", as on the command line.
[[nodiscard]] std::string_view to_text(ExecApiVersion version);
[[nodiscard]] std::optional<ExecApiVersion> parse_api_version(std::string_view text);

// One compact JSON object and a line break. Fields that are empty are left out, for which some
// clients would fail (H4). Texts must be valid UTF-8; whatever else JSON minds in them is escaped.
[[nodiscard]] Secret to_exec_credential_json(ExecApiVersion version, std::string_view token,
                                             UnixTime expires, const KeyPair& pair = {});

// Writes `json` to `fd` in one write(2). False if not every byte went out: the caller must then
// fail, for a client may have read a part.
[[nodiscard]] bool print_credential(int fd, const Secret& json) noexcept;

} // namespace leasehold::helper
