// The certificate authorities that the machine trusts, wherever its distribution keeps them.
#pragma once

#include "src/http/anchors.hpp"

#include <memory>
#include <string>

namespace leasehold::http {

// `file` and `directories` are SSL_CERT_FILE and SSL_CERT_DIR, "" where they are not set; each
// stands for the system's own files, or directories (a list with colons), as in Go. Places that do
// not exist hold nothing. First only hashed names are looked up, then the bundle is read, then
// every file of the directories: the whole takes longer than an exchange.
[[nodiscard]] std::unique_ptr<Anchors> system_anchors(const std::string& file,
                                                      const std::string& directories);

} // namespace leasehold::http
