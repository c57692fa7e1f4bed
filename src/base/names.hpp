// The grammars of names: ours and those of Kubernetes.
#pragma once

#include <string_view>

namespace leasehold {

// [a-z0-9][a-z0-9._-]{0,62}
[[nodiscard]] bool is_profile_name(std::string_view name);
// Of an environment variable: [A-Za-z_][A-Za-z0-9_]* (POSIX.1, section 8.1).
[[nodiscard]] bool is_variable_name(std::string_view name);
// RFC 1123 label: at most 63 of [a-z0-9-], letters or digits at both ends (namespaces).
[[nodiscard]] bool is_dns_label(std::string_view name);
// RFC 1123 subdomain: at most 253, labels joined by dots (service accounts, roles).
[[nodiscard]] bool is_dns_subdomain(std::string_view name);
// The key of a label or an annotation: at most 63 of [A-Za-z0-9._-], letters or digits at both
// ends, behind a DNS subdomain and a slash, if any.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
[[nodiscard]] bool is_label_key(std::string_view key);
// The value of a label: as the last part of its key, or nothing.
[[nodiscard]] bool is_label_value(std::string_view value);
// The characters of a bearer token (RFC 6750, section 2.1), at least one: what a server that keeps
// the rules gives out.
[[nodiscard]] bool is_bearer_token(std::string_view text);
// What may stand in a header (RFC 9110, section 5.5), bytes above ASCII included, as Go takes it.
// Tokens that people bring need be no more: Rancher's have a colon. True for "".
[[nodiscard]] bool is_header_value(std::string_view text);
// No byte below 0x20 and no 0x7f: what may stand in a URL or a message.
[[nodiscard]] bool has_no_control_characters(std::string_view text);

} // namespace leasehold
