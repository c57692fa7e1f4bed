#include "src/base/libraries.hpp"

#include <boost/version.hpp>
#include <nettle/version.h>
#include <yaml.h>

#include <gnu/libc-version.h>

namespace leasehold {

Libraries base_libraries() {
    const auto dotted = [](int major, int minor) {
        return std::to_string(major) + '.' + std::to_string(minor);
    };
    return {{"glibc", ::gnu_get_libc_version()},
            {"libstdc++", std::to_string(_GLIBCXX_RELEASE)},
            {"boost", dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000)},
            {"libyaml", ::yaml_get_version_string()},
            {"nettle", dotted(::nettle_version_major(), ::nettle_version_minor())}};
}

} // namespace leasehold
