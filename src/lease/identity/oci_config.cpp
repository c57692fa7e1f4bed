#include "src/lease/identity/oci_config.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/secret_file.hpp"
#include "src/lease/identity/ini_section.hpp"

#include <algorithm>

namespace leasehold::lease::identity {
namespace {

constexpr std::string_view shared_section = "DEFAULT";
constexpr FileRules own_file{
    .owned_by_me = true, .not_writable_by_others = true, .limit = 256 * 1024};

// Of this very form, or it would end up in a host's name, a path or a header.
bool is_plain(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_' || c == ':';
    });
}

Result<void> check(const OciKey& key, const std::string& where) {
    const std::pair<const char*, const std::string&> needed[] = {{"user", key.user},
                                                                 {"tenancy", key.tenancy},
                                                                 {"fingerprint", key.fingerprint},
                                                                 {"region", key.region}};
    for (const auto& [name, value] : needed)
        if (!is_plain(value))
            return make_error(ErrorCode::configuration,
                              where + " has no '" + name + "' that is one",
                              "an API key of a user is needed: run 'oci setup config'");
    if (key.region.find_first_of("._:") != std::string::npos)
        return make_error(ErrorCode::configuration, where + " has a region that is none",
                          "its form is eu-frankfurt-1");
    if (!key.file.starts_with('/'))
        return make_error(ErrorCode::configuration,
                          where + " has no 'key_file' that begins with / or ~/");
    return {};
}

} // namespace

std::string OciPlace::file() const {
    return config.empty() ? home + "/.oci/config" : config;
}

OciKey read_oci_section(std::string_view text, std::string_view section) {
    OciKey key;
    const auto take = [&](std::string_view name, std::string_view value) {
        if (name == "user")
            key.user = value;
        else if (name == "tenancy")
            key.tenancy = value;
        else if (name == "fingerprint")
            key.fingerprint = value;
        else if (name == "region")
            key.region = value;
        else if (name == "key_file")
            key.file = value;
        else if (name == "pass_phrase")
            key.passphrase = Secret(value);
    };
    for_each_in_section(text, shared_section, take);
    if (!section.empty() && section != shared_section)
        for_each_in_section(text, section, take);
    return key;
}

Result<OciKey> find_oci_key(const OciPlace& place) {
    const std::string path = place.file();
    LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(path, own_file));
    if (!file)
        return make_error(ErrorCode::denied, "there is no OCI configuration " + quoted(path),
                          "run 'oci setup config', or name another with oci-config");
    LEASEHOLD_TRY_ASSIGN(std::string text, read_all(*file, path, own_file.limit));
    OciKey key = read_oci_section(text, place.section);
    wipe(text);
    if (key.file.starts_with("~/"))
        key.file = place.home + key.file.substr(1);
    LEASEHOLD_TRY(check(key, quoted(path) + ", section " +
                                 quoted(place.section.empty() ? shared_section : place.section)));
    LEASEHOLD_TRY_ASSIGN(key.pem, read_secret_file(key.file, "OCI API key"));
    return key;
}

} // namespace leasehold::lease::identity
