#include "src/base/kubeconfig_form.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/secret.hpp"
#include "src/base/utf16.hpp"

namespace leasehold {

Result<YamlNode> read_kubeconfig_yaml(std::string_view bytes, std::string_view name) {
    auto text = to_utf8(bytes, encoding_of(bytes));
    if (!text)
        return make_error(ErrorCode::configuration,
                          yaml_position(name, {}) + ": this is not whole UTF-16");
    auto document = parse_yaml(*text, name,
                               {.limit = longest_kubeconfig,
                                .duplicates = YamlDuplicates::keep,
                                .documents = YamlDocuments::first});
    wipe(*text);
    if (document)
        LEASEHOLD_TRY(check_kubeconfig_kind(*document, name));
    return document;
}

Result<void> check_kubeconfig_kind(const YamlNode& document, std::string_view name) {
    if (!document.is_mapping() && !document.is_null())
        return make_error(ErrorCode::configuration,
                          yaml_position(name, document.start) +
                              ": this is no kubeconfig: a mapping is expected");
    const std::string_view kind = document.text("kind");
    const std::string_view version = document.text("apiVersion");
    if ((kind.empty() || kind == "Config") && (version.empty() || version == "v1"))
        return {};
    return make_error(ErrorCode::configuration,
                      quoted(name) + " is no kubeconfig: its kind is " +
                          quoted(kind.empty() ? "Config" : kind, 64) + " of " +
                          quoted(version.empty() ? "v1" : version, 64),
                      "name a file of kind Config, or a new one");
}

} // namespace leasehold
