#include "helper/lease_book/taking_back.hpp"

#include "cache/token_cache.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/providers/side/side.hpp"
#include "src/base/time.hpp"
#include "src/lease/terms/book.hpp"

namespace leasehold::helper {

std::string take_back(Assembly& assembly, const Obtained& obtained, const LeaseKey& key,
                      Deadline deadline) {
    if (!obtained.store.empty())
        return {};
    assembly.cache().forget(key.key);
    const lease::Profile& profile = assembly.profile();
    AuditEvent event{.event = "revocation",
                     .profile = profile.name,
                     .provider = profile.provider(),
                     .lease = obtained.id,
                     .subject = obtained.subject,
                     .expires = obtained.ends,
                     .detail = "taken back"};
    std::string outcome = "the lease is taken back";
    const auto book = obtained.why_not_revocable.empty() && !obtained.id.empty()
                          ? assembly.side().book(lease::BookScope::own)
                          : nullptr;
    const auto revoked =
        book ? book->revoke(obtained.id, false, deadline)
             : Result<lease::Revocation>(make_error(ErrorCode::denied, "it is not revocable"));
    if (!revoked) {
        outcome = "the lease " + obtained.id + " is forgotten, but its token works until " +
                  format_rfc3339(obtained.ends) + ": " + revoked.error().message;
        event.detail = outcome;
        event.exit_code = static_cast<int>(revoked.error().code);
    } else if (revoked->token_lives || revoked->token_unknown) {
        outcome = "the record of lease " + obtained.id + " is gone, but its token " +
                  (revoked->token_lives ? "works until " : "may work until ") +
                  format_rfc3339(obtained.ends);
        event.detail = outcome;
    }
    assembly.audit().write(event);
    return outcome;
}

} // namespace leasehold::helper
