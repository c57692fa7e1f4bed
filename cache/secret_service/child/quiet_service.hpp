// libsecret's SecretService with prompts switched off: whatever would ask the user something fails
// instead (SS-4). Nobody is there to answer while kubectl waits.
#pragma once

#include <libsecret/secret.h>

namespace leasehold::cache {

// A subclass of SECRET_TYPE_SERVICE, for secret_service_open_sync().
[[nodiscard]] GType quiet_service_type();

} // namespace leasehold::cache
