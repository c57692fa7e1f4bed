#include "src/lease/vault/provider.hpp"

#include "src/base/time.hpp"
#include "src/lease/vault/client.hpp"
#include "src/lease/vault/needed_policy.hpp"
#include "src/lease/vault/wire/lease_answer.hpp"
#include "src/lease/vault/wire/requests.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

using namespace vault;

class VaultProvider final : public LeaseProvider {
public:
    VaultProvider(const VaultSettings& settings, const LeaseTerms& terms, Outside outside)
        : settings_(settings), terms_(terms), outside_(std::move(outside)) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline deadline) override {
        Client client(settings_, outside_);
        // A token of an account that stays lives on without the login.
        const Seconds needed = settings_.kind == RoleKind::static_ ? Seconds(0) : request.ttl;
        auto asked = client.ask_any(
            lease_request(settings_, request.namespace_, spelled(request.ttl), request.audiences),
            Repeat::changes, deadline, needed);
        if (!asked)
            return not_answered(std::move(asked).error());
        const Answer& answer = *asked;
        if (answer.response.status != 200)
            return refused(answer);
        auto lease = read_created_lease(answer.response,
                                        {.namespace_ = request.namespace_,
                                         .issuer = terms_.issuer,
                                         .ttl = request.ttl,
                                         .audiences = request.audiences,
                                         .service_account = settings_.service_account,
                                         .kind = settings_.kind,
                                         .login_left = answer.login_left},
                                        answer.sent);
        if (!lease)
            give_back(client, answer.response, deadline);
        else
            for (const std::string& warning : lease->warnings)
                outside_.log("the server warns: " + warning);
        return lease;
    }

private:
    // Policies compare a TTL as it is written: the profile's own spelling is sent where it is the
    // profile's TTL.
    [[nodiscard]] std::string spelled(Seconds ttl) const {
        const bool same = !terms_.ttl_text.empty() && parse_duration(terms_.ttl_text) == ttl;
        // "1d" is understood, "1d12h" is not.
        const std::size_t day = terms_.ttl_text.find('d');
        const bool understood = day == std::string::npos || day + 1 == terms_.ttl_text.size();
        return same && understood ? terms_.ttl_text : ttl_text(ttl);
    }

    static Error not_answered(Error error) {
        if (error.code == ErrorCode::timed_out && error.hint.empty())
            error.hint = "leases of one engine queue behind each other in the server, and may take "
                         "45 s: has the profile a shorter deadline?";
        return error;
    }

    [[nodiscard]] Error refused(const Answer& answer) const {
        Error error = refusal_error(read_refusal(answer.response), Doing::leasing,
                                    "lease from " + creds_path(settings_));
        if (answer.response.status == 403)
            error.hint = missing_policy_hint(settings_, answer.policies);
        return error;
    }

    // What is not used need not stay behind in the cluster.
    void give_back(Client& client, const http::Response& response, Deadline deadline) const {
        const auto id = read_lease_id(response);
        if (!id)
            return;
        outside_.log("giving the unusable lease back");
        (void)client.ask_any(revoke_lease_request(settings_, *id, false), Repeat::changes,
                             deadline);
    }

    const VaultSettings& settings_;
    const LeaseTerms& terms_;
    Outside outside_;
};

} // namespace

std::unique_ptr<LeaseProvider> make_vault_provider(const VaultSettings& settings,
                                                   const LeaseTerms& terms, Outside outside) {
    return std::make_unique<VaultProvider>(settings, terms, std::move(outside));
}

} // namespace leasehold::lease
