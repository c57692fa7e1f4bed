// Showing what an edit would do, without showing anybody's secrets.
#pragma once

#include <string>
#include <string_view>

namespace leasehold::kubeconfig {

// The difference of two kubeconfigs as `diff -u` shows it, three lines around each change, with
// `name` in the header; "" if they are the same. Values that are or may be secret (everything of a
// user that is not known to be harmless) read REDACTED. A text that cannot be parsed is not shown.
[[nodiscard]] std::string unified_diff(const std::string& old_text, const std::string& new_text,
                                       std::string_view name);

// The text with those values redacted, as UTF-8.
[[nodiscard]] std::string redacted(const std::string& bytes);

} // namespace leasehold::kubeconfig
