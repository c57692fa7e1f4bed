// Whether this process has a network at all.
#pragma once

namespace leasehold::http {

// The errno of why nothing outside this machine can be reached from here (no descriptor, no
// interface, no route, a sandbox), 0 if there may be a way. Sends nothing.
[[nodiscard]] int network_fault();

} // namespace leasehold::http
