#include "src/http/libraries.hpp"

#include <openssl/crypto.h>

namespace leasehold::http {

Libraries tls_libraries() {
    return {{"openssl", ::OpenSSL_version(OPENSSL_VERSION_STRING)}};
}

} // namespace leasehold::http
