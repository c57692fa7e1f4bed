#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/provider.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/infisical/site_client.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"
#include "src/lease/infisical/wire/requests.hpp"

namespace leasehold::lease {
namespace {

using namespace infisical;

class InfisicalBook final : public LeaseBook {
public:
    InfisicalBook(const InfisicalSettings& settings, Outside outside, BookScope scope,
                  std::function<bool(const std::string&)> is_ours)
        : settings_(settings), outside_(std::move(outside)), scope_(scope),
          is_ours_(std::move(is_ours)), client_(settings_, outside_) {}

    Result<std::vector<LeaseEntry>> list(Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const Answer answer,
                             client_.ask(list_leases_request(settings_),
                                         "list the leases of " + name(), Repeat::reads, deadline));
        LEASEHOLD_TRY_ASSIGN(const auto records, read_leases_answer(answer.response));
        std::vector<LeaseEntry> entries;
        for (const LeaseRecord& record : records) {
            LeaseEntry entry = make_entry(record);
            if (entry.ours || scope_ == BookScope::all_holders)
                entries.push_back(std::move(entry));
        }
        return entries;
    }

    Result<std::optional<LeaseEntry>> show(const std::string& id, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const Answer answer, client_.ask_any(get_lease_request(settings_, id),
                                                                  Repeat::reads, deadline));
        const Refusal refusal = read_refusal(answer.response);
        if (answer.response.status == 404 && refusal.readable)
            return std::optional<LeaseEntry>();
        LEASEHOLD_TRY(check(answer, id, "show lease " + quoted(id)));
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record,
                             read_lease_answer(answer.response, "the lease"));
        return std::optional(make_entry(record));
    }

    Result<Renewal> renew(const std::string& id, Seconds ttl, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const Answer answer,
                             client_.ask_any(renew_lease_request(settings_, id, wire_ttl(ttl)),
                                             Repeat::changes, deadline));
        LEASEHOLD_TRY(check(answer, id, "renew lease " + quoted(id)));
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record,
                             read_lease_answer(answer.response, "the renewal"));
        return Renewal{make_entry(record), std::nullopt,
                       "Infisical keeps its record of the lease, and an account it made for it, "
                       "for longer; the token itself still ends when it would have. For a new "
                       "token lease anew: leasehold lease create"};
    }

    Result<Revocation> revoke(const std::string& id, bool forced, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const Answer answer,
                             client_.ask_any(revoke_lease_request(settings_, id, forced),
                                             Repeat::changes, deadline));
        if (answer.response.status == 404)
            return confirm_gone(id, answer, deadline);
        LEASEHOLD_TRY(check(answer, id, "revoke lease " + quoted(id)));
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record,
                             read_lease_answer(answer.response, "the revocation"));
        if (record.failed_to_delete() && !forced)
            return not_revoked(record);
        Revocation revocation;
        revocation.id = id;
        // Of a token of an account that stays nothing in the cluster knows but its own expiry.
        revocation.token_lives = forced || !is_temporary_account(record.account);
        revocation.token_ends = record.expires;
        return revocation;
    }

private:
    [[nodiscard]] std::string name() const { return quoted(settings_.dynamic_secret); }

    [[nodiscard]] LeaseEntry make_entry(const LeaseRecord& record) const {
        LeaseEntry entry = to_entry(record, outside_.clock.now().wall);
        entry.ours = is_ours_ && is_ours_(record.id);
        entry.revocable = is_temporary_account(record.account);
        return entry;
    }

    static Result<void> check(const Answer& answer, const std::string& id,
                              std::string_view action) {
        if (answer.response.status == 200)
            return {};
        const Refusal refusal = read_refusal(answer.response);
        Error error = refusal_error(refusal, action);
        if (refusal.readable && refusal.status == 404) {
            error.code = ErrorCode::denied;
            error.hint = "'leasehold lease list' shows the leases that there are; " + quoted(id) +
                         " may have ended, or belong to another folder or project";
        }
        return error;
    }

    // A 404 is also what a wrong project or folder gets: only the list tells.
    Result<Revocation> confirm_gone(const std::string& id, const Answer& answer,
                                    Deadline deadline) {
        const Error error =
            refusal_error(read_refusal(answer.response), "revoke lease " + quoted(id));
        LEASEHOLD_TRY_ASSIGN(const Answer list, client_.ask_any(list_leases_request(settings_),
                                                                Repeat::reads, deadline));
        if (list.response.status != 200)
            return error;
        LEASEHOLD_TRY_ASSIGN(const auto records, read_leases_answer(list.response));
        for (const LeaseRecord& record : records)
            if (record.id == id)
                return error;
        Revocation revocation;
        revocation.id = id;
        revocation.was_gone = true;
        return revocation;
    }

    static Error not_revoked(const LeaseRecord& record) {
        return make_error(
            ErrorCode::denied,
            "lease " + quoted(record.id) + " was not revoked: Infisical could not remove " +
                quoted(record.account) + " from the cluster" +
                (record.status_details.empty() ? ""
                                               : "; the server says: " + record.status_details),
            "the token may live on. Infisical tries again by itself; whoever keeps the dynamic "
            "secret can look at the cluster\n--force drops Infisical's record and leaves what is "
            "in "
            "the cluster");
    }

    const InfisicalSettings& settings_;
    Outside outside_;
    BookScope scope_;
    std::function<bool(const std::string&)> is_ours_;
    SiteClient client_;
};

} // namespace

std::unique_ptr<LeaseBook> make_infisical_book(const InfisicalSettings& settings, Outside outside,
                                               BookScope scope,
                                               std::function<bool(const std::string&)> is_ours) {
    return std::make_unique<InfisicalBook>(settings, std::move(outside), scope, std::move(is_ours));
}

} // namespace leasehold::lease
