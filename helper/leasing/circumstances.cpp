#include "helper/leasing/circumstances.hpp"

#include "cache/notes/clearance.hpp"
#include "src/base/digest.hpp"
#include "src/base/environment.hpp"
#include "src/lease/identity/asker.hpp"

#include <array>
#include <string_view>

namespace leasehold::helper {
namespace {

constexpr std::array<std::string_view, 6> way_variables{
    "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"};

void add(std::string& text, std::string_view part) {
    text += std::to_string(part.size()) + ':';
    text += part;
}

void add_variable(std::string& text, const Environment& environment, std::string_view name) {
    add(text, name);
    const auto value = environment.get(name);
    add(text, value ? '=' + *value : "");
}

void add_file(std::string& text, const std::string& path) {
    const FileIdentity file = cache::file_identity_at(path);
    add(text, path);
    for (const auto part :
         {static_cast<std::int64_t>(file.device), static_cast<std::int64_t>(file.inode), file.size,
          file.modified_ns, file.changed_ns})
        add(text, std::to_string(part));
}

} // namespace

std::string failure_circumstances(const Environment& environment,
                                  const lease::identity::Asker& asker,
                                  const std::string& digest_key) {
    std::string text;
    for (const std::string_view name : way_variables)
        add_variable(text, environment, name);
    for (const auto* names : {&asker.variables, &asker.other_variables})
        for (const std::string& name : *names)
            add_variable(text, environment, name);
    for (const auto* files : {&asker.files, &asker.other_files})
        for (const std::string& path : *files)
            add_file(text, path);
    return to_hex(hmac_sha256(digest_key, text));
}

} // namespace leasehold::helper
