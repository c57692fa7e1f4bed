#include "src/lease/exec/provider.hpp"

#include "src/base/digest.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/http/certificate_names.hpp"
#include "src/lease/exec/plugin/asker.hpp"
#include "src/lease/identity/unverified_jwt.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/kubeconfig_user/plugin.hpp"

#include <algorithm>
#include <limits>

namespace leasehold::lease {
namespace {

constexpr std::string_view called = "the exec plugin";
// More than stores keep (cache/record/record.hpp) and far more than servers take.
constexpr std::size_t longest_credential = 48 * 1024;
constexpr UnixTime never = std::numeric_limits<UnixTime>::max();

Error bad_answer(std::string what, std::string hint = {}) {
    return make_error(ErrorCode::bad_answer, "answered " + std::move(what), std::move(hint));
}

Result<void> check_token(const Secret& token) {
    if (token.size() > longest_credential)
        return bad_answer("with a token of " + std::to_string(token.size()) + " bytes");
    if (!is_header_value(token.reveal()))
        return bad_answer("with a token that no request can carry",
                          "it holds a line break or another control character");
    return {};
}

Result<UnixTime> end_of_answer(const PluginCredential& credential, Seconds ttl, UnixTime now) {
    if (!credential.expiration)
        return now + ttl.count();
    const auto end = parse_rfc3339(*credential.expiration);
    if (!end)
        return bad_answer("with an expirationTimestamp that is no time: " +
                              quoted(*credential.expiration, 64),
                          "it looks like 2026-01-02T15:04:05Z");
    return *end;
}

// A certificate is of use only with its own key and until its own end.
Result<UnixTime> check_pair(const http::ClientCertificate& pair) {
    if (pair.certificate_pem.size() + pair.key_pem.size() > longest_credential)
        return bad_answer("with a certificate that is too long");
    const auto end = http::certificate_end(pair.certificate_pem);
    if (!end)
        return bad_answer("with a clientCertificateData that is no PEM certificate");
    if (!http::is_key_of(pair.key_pem.reveal(), pair.certificate_pem))
        return bad_answer("with a clientKeyData that is not the certificate's key");
    return *end;
}

class ExecProvider final : public LeaseProvider {
public:
    ExecProvider(ExecProfile profile, ExecOutside outside)
        : profile_(std::move(profile)), outside_(std::move(outside)) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline deadline) override {
        const exec::ExecSettings& settings = profile_.settings;
        using exec::Interactive;
        if (settings.interactive == Interactive::always && !outside_.person)
            return of_this_machine(make_error(
                ErrorCode::configuration,
                "the exec plugin of profile " + quoted(profile_.name) +
                    " asks a person, and there is no terminal to ask at",
                "call kubectl from a terminal once, and what the plugin prints is kept"));
        const bool asks = settings.interactive != Interactive::never;
        LEASEHOLD_TRY_ASSIGN(const KubeconfigContext context, context_of_profile());
        const Environment theirs =
            environment_for(settings, outside_.environment, outside_.plugin_variables);
        const UnixTime asked = outside_.clock.now().wall;
        LEASEHOLD_TRY_ASSIGN(PluginCredential credential,
                             run_exec_plugin(*context.user.exec, context, profile_.name, theirs,
                                             deadline, -1,
                                             {.called = called,
                                              .where = "exec.command in the profile",
                                              .terminal = asks && outside_.person,
                                              .shows_errors = asks && outside_.shows_errors}));
        auto lease =
            exec::read_lease(std::move(credential), request.ttl, asked, outside_.clock.now().wall);
        if (!lease) {
            Error error = std::move(lease).error();
            error.message = std::string(called) + ' ' + std::move(error.message);
            return of_this_machine(std::move(error));
        }
        lease->namespace_ = request.namespace_;
        return lease;
    }

private:
    // As client-go would tell the plugin of it.
    [[nodiscard]] Result<KubeconfigContext> context_of_profile() const {
        const exec::ExecSettings& settings = profile_.settings;
        const ClusterSettings& cluster = profile_.cluster;
        KubeconfigContext context;
        context.cluster.server = cluster.server.text();
        LEASEHOLD_TRY_ASSIGN(context.cluster.ca_pem, load_cluster_ca(cluster));
        context.cluster.tls_server_name = cluster.tls_server_name;
        if (cluster.proxy)
            context.cluster.proxy_url = cluster.proxy->text();
        context.cluster.exec_config = settings.cluster_config;
        ExecPlugin plugin;
        plugin.command = settings.command;
        plugin.arguments = settings.arguments;
        plugin.api_version = "client.authentication.k8s.io/" + settings.api_version;
        plugin.provide_cluster_info = settings.cluster_info;
        plugin.install_hint = settings.install_hint;
        context.user.exec = std::move(plugin);
        return context;
    }

    ExecProfile profile_;
    ExecOutside outside_;
};

} // namespace

Result<Lease> exec::read_lease(PluginCredential credential, Seconds ttl, UnixTime asked,
                               UnixTime now) {
    LEASEHOLD_TRY(check_token(credential.token));
    LEASEHOLD_TRY_ASSIGN(UnixTime end, end_of_answer(credential, ttl, now));
    Lease lease;
    lease.token = std::move(credential.token);
    if (credential.certificate) {
        LEASEHOLD_TRY_ASSIGN(const UnixTime own, check_pair(*credential.certificate));
        end = std::min(end, own);
        lease.pair = {std::move(credential.certificate->certificate_pem),
                      std::move(credential.certificate->key_pem)};
        const auto names = http::certificate_names(lease.pair.certificate_pem).value_or("");
        lease.subject = hostile_text(names.substr(0, names.find('\n')));
    }
    if (const auto claims = identity::read_unverified(lease.token.reveal())) {
        end = std::min(end, claims->expires.value_or(never));
        lease.subject = hostile_text(claims->subject);
    }
    if (end <= now)
        return bad_answer("with a credential that ended at " + format_rfc3339(end) +
                              ", and it is " + format_rfc3339(now),
                          "log in again with the tool it belongs to, or set this machine's clock");
    lease.id = "exec-" + sha256_hex(credential_mark(lease.token, lease.pair)).substr(0, 16);
    lease.issued = asked;
    lease.life = Seconds(end - asked);
    lease.expires = end;
    return lease;
}

std::unique_ptr<LeaseProvider> make_exec_provider(ExecProfile profile, ExecOutside outside) {
    return std::make_unique<ExecProvider>(std::move(profile), std::move(outside));
}

} // namespace leasehold::lease
