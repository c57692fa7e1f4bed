// Where the API key of a user of Oracle Cloud lies: the file of Oracle's own tools.
// https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm
#pragma once

#include "src/lease/identity/oci_request.hpp"

#include <string>
#include <string_view>

namespace leasehold::lease::identity {

struct OciPlace {
    std::string config;  // "": ~/.oci/config
    std::string section; // "": DEFAULT
    std::string home;    // "" if unknown

    [[nodiscard]] std::string file() const;
};

// What one section says; what it does not say, [DEFAULT] does. The key itself is not read.
[[nodiscard]] OciKey read_oci_section(std::string_view text, std::string_view section);

// The section and its key. The file must be the user's own, the key's closed to others.
// ErrorCode::denied if there is none.
[[nodiscard]] Result<OciKey> find_oci_key(const OciPlace& place);

} // namespace leasehold::lease::identity
