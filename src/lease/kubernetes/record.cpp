#include "src/lease/kubernetes/record.hpp"

#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

namespace json = boost::json;

constexpr std::string_view us = "leasehold";
constexpr std::string_view prefix = "leasehold.dev/";
constexpr std::size_t hash_length = 32; // 128 bits; a label value takes 63 characters
// The server's clock may be behind: a record must not look expired while its token lives.
constexpr Seconds slack_before_answer{60};

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ",") + text;
    return out;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        out.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma, text.size() - 1) + 1);
    }
    return out;
}

// Names of namespaces go into paths of later requests.
std::vector<std::string> namespaces_in(std::string_view text) {
    std::vector<std::string> names = split(text);
    std::erase_if(names, [](const std::string& name) { return !is_dns_label(name); });
    names.resize(std::min(names.size(), most_namespaces));
    return names;
}

// The lease whose object bears this label and this name. One whose name is not of the lease that
// its label names belongs to none.
std::string id_of(const std::string& name, const std::string& label) {
    if (!name.starts_with(label + '-'))
        return name;
    const std::string_view count = std::string_view(name).substr(label.size() + 1);
    const bool counted = !count.empty() && count.size() <= 2 && count.front() != '0' &&
                         count.find_first_not_of("0123456789") == std::string_view::npos;
    return counted ? label : name;
}

json::object object_of(const KubernetesSettings::Added& added) {
    json::object object;
    for (const auto& [key, value] : added)
        object[key] = value;
    return object;
}

json::object metadata(const LeaseMark& mark, const ObjectRef& self,
                      const std::optional<ObjectRef>& owner) {
    // Ours come last: nothing may stand in their place.
    json::object labels = object_of(mark.labels);
    labels[managed_by_label] = us;
    labels[profile_hash_label] = mark.profile_hash;
    labels[lease_label] = mark.id;
    json::object annotations = object_of(mark.annotations);
    const auto note = [&](std::string_view name, const std::string& value) {
        if (!value.empty())
            annotations[std::string(prefix) + std::string(name)] = value;
    };
    note("profile", mark.profile);
    note("holder", mark.holder);
    note("service-account", mark.service_account);
    note("credential", mark.credential);
    note("grant", mark.grant);
    note("reason", mark.reason);
    if (self.namespace_ == mark.namespace_)
        note("also-in", joined(mark.also_in));
    else
        note("account-namespace", mark.namespace_);
    note("audiences", joined(mark.audiences));
    note("issued-at", format_rfc3339(mark.issued));
    note("expires-at", format_rfc3339(mark.expires));
    json::object meta{{"name", self.name},
                      {"labels", std::move(labels)},
                      {"annotations", std::move(annotations)}};
    if (owner)
        meta["ownerReferences"] =
            json::array{json::object{{"apiVersion", names_of(owner->kind).api_version},
                                     {"kind", names_of(owner->kind).kind},
                                     {"name", owner->name},
                                     {"uid", owner->uid}}};
    return meta;
}

json::array array_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

json::object rule_json(const PolicyRule& rule) {
    json::object out{{"verbs", array_of(rule.verbs)}};
    const auto add = [&](std::string_view name, const std::vector<std::string>& texts) {
        if (!texts.empty())
            out[name] = array_of(texts);
    };
    add("apiGroups", rule.api_groups);
    add("resources", rule.resources);
    add("resourceNames", rule.resource_names);
    add("nonResourceURLs", rule.non_resource_urls);
    return out;
}

std::string grant_of(const KubernetesSettings& settings, const std::string& namespace_) {
    const DynamicSettings& dynamic = settings.dynamic;
    if (dynamic.binding == DynamicSettings::Binding::cluster)
        return (dynamic.rules.empty() ? "clusterrole/" + dynamic.role : "rules of the profile") +
               " in the whole cluster";
    std::string text;
    for (const NamespaceGrant& grant : grants_of(dynamic, namespace_))
        text += (text.empty() ? "" : "; ") + grant_for_people(grant);
    return text;
}

} // namespace

std::string profile_hash(const KubernetesProfile& profile, const LeaseHolder& holder) {
    std::string material;
    for (const std::string& part :
         {std::string("leasehold lease book 2"), profile.path, holder.identity})
        material += std::to_string(part.size()) + ':' + part;
    return sha256_hex(material).substr(0, hash_length);
}

std::string object_name(const std::string& id, std::size_t count) {
    return count <= 1 ? id : id + '-' + std::to_string(count);
}

LeaseMark make_mark(const KubernetesProfile& profile, const LeaseHolder& holder,
                    const LeaseRequest& request, std::string id, UnixTime now) {
    const KubernetesSettings& settings = profile.settings;
    const bool dynamic = settings.credential == CredentialKind::dynamic_;
    LeaseMark mark;
    mark.service_account = dynamic ? id : settings.service_account;
    mark.id = std::move(id);
    mark.profile = profile.name;
    mark.profile_hash = profile_hash(profile, holder);
    mark.holder = hostile_text(holder.user + '@' + holder.host, 128);
    mark.credential = dynamic ? "dynamic" : "static";
    mark.reason = hostile_text(request.reason, longest_reason);
    mark.labels = settings.labels;
    mark.annotations = settings.annotations;
    mark.namespace_ = request.namespace_;
    if (dynamic) {
        mark.grant = grant_of(settings, request.namespace_);
        mark.also_in = granted_namespaces(settings.dynamic);
        std::erase(mark.also_in, mark.namespace_);
    }
    mark.audiences = request.audiences;
    mark.issued = now;
    mark.expires = now + (request.ttl + slack_before_answer).count();
    return mark;
}

json::object lease_secret(const LeaseMark& mark) {
    const ObjectRef self{ObjectKind::secret, mark.namespace_, mark.id, ""};
    return {{"metadata", metadata(mark, self, std::nullopt)}, {"type", lease_secret_type}};
}

json::object dynamic_account(const LeaseMark& mark, const std::optional<ObjectRef>& owner) {
    const ObjectRef self{ObjectKind::service_account, mark.namespace_, mark.id, ""};
    return {{"metadata", metadata(mark, self, owner)}, {"automountServiceAccountToken", false}};
}

json::object dynamic_role(const LeaseMark& mark, const ObjectRef& self,
                          const std::vector<PolicyRule>& rules,
                          const std::optional<ObjectRef>& owner) {
    json::array list;
    for (const PolicyRule& rule : rules)
        list.push_back(rule_json(rule));
    return {{"metadata", metadata(mark, self, owner)}, {"rules", std::move(list)}};
}

json::object dynamic_binding(const LeaseMark& mark, const ObjectRef& self, ObjectKind role_kind,
                             const std::string& role, const std::optional<ObjectRef>& owner) {
    const KindNames& names = names_of(role_kind);
    return {
        {"metadata", metadata(mark, self, owner)},
        {"roleRef", json::object{{"apiGroup", names.group}, {"kind", names.kind}, {"name", role}}},
        {"subjects",
         json::array{json::object{
             {"kind", "ServiceAccount"}, {"name", mark.id}, {"namespace", mark.namespace_}}}}};
}

Annotations answer_annotations(const std::string& jti, UnixTime expires) {
    Annotations annotations{{std::string(prefix) + "expires-at", format_rfc3339(expires)}};
    if (!jti.empty())
        annotations.emplace(std::string(prefix) + "jti", jti);
    return annotations;
}

std::optional<LeaseMark> read_mark(const ReadObject& object) {
    const auto label = [&](std::string_view name) {
        const auto found = object.labels.find(std::string(name));
        return found == object.labels.end() ? std::string() : found->second;
    };
    const auto note = [&](std::string_view name) {
        const auto found = object.annotations.find(std::string(prefix) + std::string(name));
        return found == object.annotations.end() ? std::string() : found->second;
    };
    const auto expires = parse_rfc3339(note("expires-at"));
    if (label(managed_by_label) != us || !expires)
        return std::nullopt;
    LeaseMark mark;
    mark.id = id_of(object.ref.name, label(lease_label));
    mark.profile_hash = label(profile_hash_label);
    mark.profile = hostile_text(note("profile"), 63);
    mark.holder = hostile_text(note("holder"), 128);
    mark.service_account = hostile_text(note("service-account"));
    mark.credential = hostile_text(note("credential"), 16);
    mark.grant = hostile_text(note("grant"));
    mark.reason = hostile_text(note("reason"), longest_reason);
    const std::vector<std::string> elsewhere = namespaces_in(note("account-namespace"));
    mark.namespace_ = elsewhere.empty() ? object.ref.namespace_ : elsewhere.front();
    mark.also_in = namespaces_in(note("also-in"));
    mark.audiences = split(hostile_text(note("audiences"), 1024));
    mark.jti = hostile_text(note("jti"), 128);
    mark.issued = parse_rfc3339(note("issued-at")).value_or(0);
    mark.expires = *expires;
    return mark;
}

std::string lease_selector(std::string_view hash) {
    std::string selector = std::string(managed_by_label) + '=' + std::string(us);
    if (!hash.empty())
        selector += ',' + std::string(profile_hash_label) + '=' + std::string(hash);
    return selector;
}

} // namespace leasehold::lease
