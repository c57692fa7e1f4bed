// Writing one YAML scalar that every reader takes for the same text (G14).
#pragma once

#include <string>
#include <string_view>

namespace leasehold {

// `text` as a scalar for block context: plain if no reader of YAML 1.1 or 1.2 could take it for
// anything but this text, else in double quotes as in JSON, with what is invisible escaped.
[[nodiscard]] std::string yaml_scalar(std::string_view text);

// Whether a plain scalar, of whoever wrote it, is a string to every reader.
[[nodiscard]] bool yaml_reads_as_text(std::string_view plain);

} // namespace leasehold
