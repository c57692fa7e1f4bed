// The desktop's Secret Service (GNOME Keyring, KWallet, KeePassXC), asked through a program of our
// own: libsecret can hang without end and abort (F15, SS-10), and a child can be killed.
#pragma once

#include "cache/store/store.hpp"
#include "src/base/environment.hpp"

#include <memory>
#include <string>

namespace leasehold::cache {

struct SecretServiceSettings {
    std::string child;            // path of leasehold-secret-service
    Environment environment;      // of the caller: tells where the session bus is
    Milliseconds limit{2000};     // after it the child is killed: StoreFault::timed_out
    std::string marker_directory; // keeps the marker of a timeout; "" means none
    bool ignore_marker = false;   // ask although it hung within the last minute
};

// It never unlocks, prompts or makes a collection: a locked one is StoreFault::locked, none at all
// is ::unavailable. For a minute after a timeout questions are not asked but answered
// ::unavailable at once, in every process that shares the marker directory.
[[nodiscard]] std::unique_ptr<TokenStore> make_secret_service_store(SecretServiceSettings settings);

} // namespace leasehold::cache
