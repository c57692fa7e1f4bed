// The kubeconfig entry that wires a cluster to a profile.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"
#include "kubeconfig/document/entry.hpp"
#include "src/lease/profile/profile.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// What people may choose about it.
struct EntryWish {
    std::optional<std::string> kubeconfig; // file; else as kubectl chooses
    std::string context;                   // name of the context; "": the profile's name
    std::string user = {};                 // of the user and of the cluster; "": leasehold-PROFILE
    std::string cluster = {};
    bool command_by_name = false; // the plugin is looked up in the client's PATH
    bool backup = false;          // a copy of the file as it was is kept beside it
    std::string namespace_;       // of the context; "": the profile's
    std::string exec_api_version = "v1";
    bool set_current = false;
    bool dry_run = false;
    bool force = false;
    bool break_lock = false;
};

// Declares the flags of an EntryWish, and reads them.
void add_entry_flags(Options& options);
[[nodiscard]] Result<EntryWish> read_entry_flags(const Options& options);

// The profile's entry as it is wished for; what is to be told goes to `notices`.
[[nodiscard]] Result<kubeconfig::Entry> make_entry(const Process& process,
                                                   const lease::Profile& profile,
                                                   const EntryWish& wish,
                                                   std::vector<std::string>& notices);

// What clients run for a profile; what is to be told goes to `notices`.
[[nodiscard]] Result<kubeconfig::ExecCommand> exec_command_of(const Process& process,
                                                              const lease::Profile& profile,
                                                              std::string_view exec_api_version,
                                                              std::vector<std::string>& notices);

// The wish for one of several profiles: "{profile}" in names is its name.
[[nodiscard]] EntryWish for_profile(EntryWish wish, const std::string& profile);

// The name under which clients find this program, also after an upgrade: a link in PATH that leads
// here rather than a versioned directory behind it (G2).
[[nodiscard]] std::string stable_command(const Process& process);

} // namespace leasehold::helper
