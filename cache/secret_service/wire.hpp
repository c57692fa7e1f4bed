// What is said between us and the program leasehold-secret-service: one request, one answer, each
// a list of byte strings written as netstrings ("5:hello,").
#pragma once

#include "cache/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {

// No message is longer.
inline constexpr std::size_t wire_limit = 4 << 20;

struct SecretServiceRequest {
    std::string operation; // get, put, erase, list, clear, find, unlock
    std::string digest;    // key digest; "" for list, clear, find and unlock
    // For put; for find the attributes: service, a line feed, username; for unlock how long the
    // user may take, in milliseconds.
    Secret bytes;
};

struct SecretServiceAnswer {
    std::optional<StoreFault> fault; // empty: it was done
    std::string message;             // of the fault; a daemon's text, so to be taken as hostile
    std::vector<Secret> entries;     // of get (at most one) and list
    std::size_t count = 0;           // of clear
};

[[nodiscard]] Secret encode_request(const SecretServiceRequest& request);
[[nodiscard]] std::optional<SecretServiceRequest> decode_request(std::string_view text);
[[nodiscard]] Secret encode_answer(const SecretServiceAnswer& answer);
[[nodiscard]] std::optional<SecretServiceAnswer> decode_answer(std::string_view text);

} // namespace leasehold::cache
