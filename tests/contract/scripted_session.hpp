// The service's side of a session dh-ietf1024-sha256-aes128-cbc-pkcs7 (Secret Service API 0.2,
// "Transfer of Secrets"), by OpenSSL and not by libsecret, which is what the tests test.
#pragma once

#include <string>

#include <gio/gio.h>

namespace leasehold::test {

class ScriptedSession {
public:
    ScriptedSession(std::string path, const std::string& peer_public_key);

    [[nodiscard]] const std::string& path() const { return path_; }
    // "ay", floating.
    [[nodiscard]] GVariant* public_key() const;
    // "(oayays)", floating; by a key that the peer has not if `wrong_key`.
    [[nodiscard]] GVariant* seal(const std::string& secret, bool wrong_key) const;
    [[nodiscard]] std::string open(GVariant* secret) const;

private:
    std::string path_;
    std::string public_key_;
    std::string key_;
};

} // namespace leasehold::test
