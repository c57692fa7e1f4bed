// Who asks for a lease: what tells one identity from another, and what decided it. Two jobs that
// share a user, a path and a variable's name share no lease unless they are the same identity; one
// whose token was merely renewed keeps its lease.
#pragma once

#include "src/base/environment.hpp"
#include "src/lease/settings/field.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::identity {

struct AskerSurroundings {
    const Environment& environment;
    std::string home; // "" if unknown
    // Of the digests of secrets; it never leaves this machine.
    std::string digest_key;
    // Names that the profile lets through to plugins, and that may decide whom those speak for.
    std::vector<std::string> plugin_variables = {};
};

struct Asker {
    Fields identity;                    // for the cache key; no secret and no way back to one
    std::vector<std::string> files;     // that decided it, with absolute paths
    std::vector<std::string> variables; // that decided it, set or not
    // What else may make the difference between a failure and none: files (keys, a plugin), and
    // the variables that a plugin gets.
    std::vector<std::string> other_files = {};
    std::vector<std::string> other_variables = {};
};

// Of a JWT its issuer and subject; of any other token or secret a digest under the key.
[[nodiscard]] std::string token_identity(std::string_view token, std::string_view digest_key);

// Adds what the token in a file, or in a variable, says. One that cannot be read is an identity of
// its own: nobody's.
void add_token_file(const std::string& path, const AskerSurroundings& around, Asker& asker);
void add_token_variable(std::string_view name, const AskerSurroundings& around, Asker& asker);
// Subject and issuer of a client certificate.
void add_certificate_file(const std::string& path, Asker& asker);
void add_certificate(std::string_view pem, Asker& asker);

} // namespace leasehold::lease::identity
