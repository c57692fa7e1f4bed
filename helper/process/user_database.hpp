// This user's line in the user database (passwd(5)).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace leasehold::helper {

struct UserEntry {
    std::string name;
    std::string home; // absolute, or ""
};

// Before any name is looked up, in a program that is linked statically: libc would load the modules
// that nsswitch.conf(5) names, which belong to another libc, and crash in them. Of hosts it asks
// files and DNS then, of users files. Does nothing in a program that is linked dynamically.
void pin_name_services();

// The user `uid`; empty if nobody knows it. A static program asks getent(1) of the system for those
// whom only LDAP, SSSD or systemd-homed knows, for at most two seconds.
[[nodiscard]] std::optional<UserEntry> find_user(uid_t uid);

// The entry that `line`, as getent prints it, is for `uid`; empty if it is none.
[[nodiscard]] std::optional<UserEntry> parse_user(std::string_view line, uid_t uid);

} // namespace leasehold::helper
