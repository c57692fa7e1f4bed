// The names of the objects that a lease makes in the cluster: a template with a random part.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <string>
#include <string_view>

namespace leasehold::lease {

// What stands for each placeholder; every text is cut down to the characters of an RFC 1123 label.
struct NameParts {
    std::string profile;
    std::string user;
    std::string host;
    UnixTime now = 0;
};

// More than 80 random bits in base 36 (LEASE-2): no two leases share a name.
inline constexpr std::size_t random_name_length = 16;
inline constexpr std::string_view default_name_template = "leasehold-{random}";

// A template is letters, digits, '-' and the placeholders {random} (which it must hold),
// {unixtime}, {user}, {host} and {profile}. Whatever they stand for, the name is an RFC 1123 label.
[[nodiscard]] Result<void> check_name_template(std::string_view name_template);

// A new name; the template must have been checked.
[[nodiscard]] std::string make_lease_name(std::string_view name_template, const NameParts& parts);

// Whether `name` can have come from the template, whatever its parts were (LEASE-5).
[[nodiscard]] bool matches_name_template(std::string_view name, std::string_view name_template);

} // namespace leasehold::lease
