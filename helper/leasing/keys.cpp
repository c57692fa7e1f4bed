#include "helper/leasing/keys.hpp"

#include "helper/leasing/circumstances.hpp"
#include "helper/leasing/identity_key.hpp"
#include "src/base/digest.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>

#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string joined_sorted(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    std::string out;
    for (const std::string& text : texts)
        out += std::to_string(text.size()) + ':' + text;
    return out;
}

lease::identity::Asker find_asker(const Process& process, const lease::Profile& profile,
                                  const std::string& digest_key) {
    const lease::identity::AskerSurroundings around{process.environment, process.directories.home,
                                                    digest_key, profile.environment};
    return profile.kind->asker(profile.settings, around);
}

} // namespace

lease::LeaseRequest default_request(const lease::Profile& profile) {
    return {profile.ttl, profile.terms.default_namespace(), profile.terms.audiences,
            profile.max_ttl, profile.reason};
}

Result<LeaseKey> lease_key(const Process& process, const lease::Profile& profile,
                           const lease::LeaseRequest& request) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    cache::CacheKey::Fields fields{
        {"kind", "lease"},
        {"uid", std::to_string(::geteuid())},
        {"profile", profile.path},
        {"provider", profile.provider()},
        {"server", profile.cluster.server.origin() + profile.cluster.server.path},
        {"ca", sha256_hex(ca)},
        {"tls-server-name", profile.cluster.tls_server_name},
        {"issuer", profile.terms.issuer},
        {"namespace", request.namespace_},
        {"audiences", joined_sorted(request.audiences)},
        {"ttl", std::to_string(request.ttl.count())},
    };
    for (const auto role : {lease::Identity::of_login, lease::Identity::of_lease})
        for (auto& field : profile.kind->identity(profile.settings, role))
            fields.push_back(std::move(field));
    const std::string digest_key = identity_key(process.directories.state);
    lease::identity::Asker asker = find_asker(process, profile, digest_key);
    for (auto& field : asker.identity)
        fields.push_back(std::move(field));
    std::string circumstances = failure_circumstances(process.environment, asker, digest_key);
    return LeaseKey{cache::CacheKey::of(fields), std::move(asker.files), std::move(asker.variables),
                    std::move(circumstances)};
}

std::string asker_digest(const Process& process, const lease::Profile& profile) {
    std::string text;
    const std::string digest_key = identity_key(process.directories.state);
    for (const auto& [name, value] : find_asker(process, profile, digest_key).identity)
        text += std::to_string(value.size()) + ':' + name + value;
    return text.empty() ? text : sha256_hex(text);
}

cache::CacheKey bootstrap_key(const lease::Profile& profile) {
    cache::CacheKey::Fields fields{
        {"kind", "bootstrap"}, {"uid", std::to_string(::geteuid())}, {"profile", profile.path}};
    if (const auto kept = profile.kind->kept(profile.settings, profile.cluster))
        fields.insert(fields.end(), kept->given_for.begin(), kept->given_for.end());
    return cache::CacheKey::of(fields);
}

} // namespace leasehold::helper
