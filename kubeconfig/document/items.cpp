#include "kubeconfig/document/items.hpp"

namespace leasehold::kubeconfig {
namespace {

Value cluster_body(const Entry& entry, const Marker& marker) {
    Value body = Value::map();
    body.add_text("certificate-authority-data", entry.certificate_authority_data);
    body.add("extensions", extensions_with(marker));
    if (entry.insecure_skip_tls_verify)
        body.add("insecure-skip-tls-verify", Value::of(true));
    body.add_text("proxy-url", entry.proxy_url);
    body.add("server", Value::of(entry.server));
    body.add_text("tls-server-name", entry.tls_server_name);
    return body;
}

// Only `exec`: a token, password or certificate beside it would silently win (G6).
Value user_body(const Entry& entry, const Marker& marker) {
    Value args = Value::list();
    for (const std::string& arg : entry.exec.args)
        args.items.push_back(Value::of(arg));
    Value exec = Value::map();
    exec.add("apiVersion", Value::of("client.authentication.k8s.io/" + entry.exec.api_version));
    exec.add("args", std::move(args));
    exec.add("command", Value::of(entry.exec.command));
    exec.add_text("installHint", entry.exec.install_hint);
    exec.add("interactiveMode", Value::of("Never"));
    exec.add("provideClusterInfo", Value::of(entry.exec.provide_cluster_info));
    return Value::map({{"exec", std::move(exec)}, {"extensions", extensions_with(marker)}});
}

Value context_body(const Entry& entry, const Marker& marker) {
    Value body = Value::map();
    body.add("cluster", Value::of(entry.cluster()));
    body.add("extensions", extensions_with(marker));
    body.add_text("namespace", entry.namespace_);
    body.add("user", Value::of(entry.user()));
    return body;
}

} // namespace

const std::string& name_in(Section section, const Entry& entry) {
    switch (section) {
    case Section::clusters:
        return entry.cluster();
    case Section::users:
        return entry.user();
    case Section::contexts:
        return entry.context();
    }
    return entry.name;
}

Value item_of(Section section, const Entry& entry, const Marker& marker) {
    const Value name = Value::of(name_in(section, entry));
    switch (section) {
    case Section::clusters:
        return Value::map({{"cluster", cluster_body(entry, marker)}, {"name", name}});
    case Section::users:
        return Value::map({{"name", name}, {"user", user_body(entry, marker)}});
    case Section::contexts:
        return Value::map({{"context", context_body(entry, marker)}, {"name", name}});
    }
    return name;
}

} // namespace leasehold::kubeconfig
