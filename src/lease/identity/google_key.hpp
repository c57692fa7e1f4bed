// A key of a service account of Google Cloud, as the JSON file that it is handed out in, and the
// JWT that it signs. https://cloud.google.com/iam/docs/keys-create-delete
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <string>

namespace leasehold::lease::identity {

struct GoogleKey {
    std::string account; // its e-mail address
    std::string id;      // by which Google publishes the public part
    std::string file;    // where it lies, for messages
    Secret pem;
};

// The file must be the user's own and closed to others.
[[nodiscard]] Result<GoogleKey> read_google_key(const std::string& path);

// A JWT of the account about itself for `audience`, good for ten minutes from `now`. Whoever gets
// it holds it against the account's published keys.
[[nodiscard]] Result<Secret> sign_google_jwt(const GoogleKey& key, const std::string& audience,
                                             UnixTime now);

} // namespace leasehold::lease::identity
