// The flags that describe a profile, shared by `profile add` and `setup`, and the YAML they make.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"
#include "src/lease/profile/profile.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

// Declares them.
void add_profile_flags(Options& options);

// A profile as it would be written, already read back and checked.
struct ProfileDraft {
    std::string text;
    lease::Profile profile;
    std::vector<std::string> notices; // things to tell
};

// Tells them on stderr, a line each.
void complain_all(const Process& process, const std::vector<std::string>& notices);

// Makes the profile that the flags ask for. A value that no profile may have is a usage error
// that names the flag.
[[nodiscard]] Result<ProfileDraft> draft_profile(const Process& process, const Options& options,
                                                 const std::string& name);

// Whether writing it would change anything. Another profile of the name is refused unless `force`.
[[nodiscard]] Result<bool> check_profile_place(const ProfileDraft& draft, bool force);

// The text of a profile's file, if there is one; and putting it back.
[[nodiscard]] std::optional<std::string> read_profile_text(const std::string& path);
void restore_profile_text(const std::string& path, const std::optional<std::string>& text);

// Writes the draft's file, 0600 in a 0700 directory. The same text again is fine and changes
// nothing; another text is refused unless `force`. True if the file is new or changed.
[[nodiscard]] Result<bool> write_profile(const ProfileDraft& draft, bool force);

} // namespace leasehold::helper
