#include "src/lease/kubernetes/settings/added_metadata.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

#include <array>

namespace leasehold::lease {
namespace {

// On each of up to a hundred objects of a lease.
constexpr std::size_t most_bytes = 8192;

using Added = KubernetesSettings::Added;

// example.com of example.com/name and its subdomains.
bool is_below(std::string_view key, std::string_view domain) {
    const std::string_view prefix = key.substr(0, key.find('/'));
    return prefix.size() != key.size() && prefix.ends_with(domain) &&
           (prefix.size() == domain.size() || prefix[prefix.size() - domain.size() - 1] == '.');
}

// What Kubernetes and its controllers act upon, such as labels that make a ClusterRole part of
// others. The recommended labels say something to people alone.
// https://kubernetes.io/docs/reference/labels-annotations-taints/
bool is_reserved(std::string_view key) {
    const bool for_people = key.starts_with("app.kubernetes.io/");
    return is_below(key, "leasehold.dev") || key == "app.kubernetes.io/managed-by" ||
           (!for_people && (is_below(key, "kubernetes.io") || is_below(key, "k8s.io")));
}

Added read_added(SettingsSection& section, std::string_view key, std::string_view kind) {
    Added added = section.members(key);
    std::size_t bytes = 0;
    for (const auto& [name, value] : added) {
        if (auto checked = check_added(kind, name, value); !checked)
            section.fail(key, quoted(section.path_of(key)) + ": " + checked.error().message,
                         checked.error().hint);
        bytes += name.size() + value.size();
    }
    if (bytes > most_bytes)
        section.fail(key, quoted(section.path_of(key)) + " is longer than 8 KiB");
    return added;
}

std::string added_for_people(const Added& added) {
    std::string text;
    for (const auto& [name, value] : added)
        text += (text.empty() ? "" : ", ") + name + '=' + value;
    return text;
}

const std::array<Field<KubernetesSettings>, 2> table{{
    {{.key = "labels",
      .form = FieldForm::block,
      .identity = Identity::none,
      .shown = Shown::if_set},
     FieldCode<KubernetesSettings>{
         [](SettingsSection& section, std::string_view key, KubernetesSettings& settings) {
             settings.labels = read_added(section, key, "label");
         },
         [](const KubernetesSettings& settings) { return added_for_people(settings.labels); }}},
    {{.key = "annotations",
      .form = FieldForm::block,
      .identity = Identity::none,
      .shown = Shown::if_set},
     FieldCode<KubernetesSettings>{
         [](SettingsSection& section, std::string_view key, KubernetesSettings& settings) {
             settings.annotations = read_added(section, key, "annotation");
         },
         [](const KubernetesSettings& settings) {
             return added_for_people(settings.annotations);
         }}},
}};

} // namespace

std::span<const Field<KubernetesSettings>> added_metadata_fields() {
    return table;
}

Result<void> check_added(std::string_view kind, const std::string& key, const std::string& value) {
    const std::string what = std::string(kind) + ' ' + quoted(key, 80);
    if (!is_label_key(key))
        return make_error(ErrorCode::configuration, what + " is no key that Kubernetes takes",
                          "a key is up to 63 letters, digits, '.', '_' and '-', behind a DNS name "
                          "and '/' if any: example.com/team");
    if (is_reserved(key))
        return make_error(ErrorCode::configuration,
                          what + " is leasehold's or Kubernetes' own, which others act upon",
                          "give it a name below a domain of yours: example.com/team");
    if (kind == "label" && !is_label_value(value))
        return make_error(ErrorCode::configuration,
                          "the value of " + what + " is none that Kubernetes takes",
                          "a label's value is up to 63 letters, digits, '.', '_' and '-'; an "
                          "annotation takes any text");
    return {};
}

} // namespace leasehold::lease
