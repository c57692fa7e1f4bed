// The audit log: one JSON object a line for every lease, renewal, revocation, refusal and failure
// (docs/leases.md). Never a token.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/lease.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

struct AuditEvent {
    std::string_view event; // lease | renewal | revocation | refusal | failure
    std::string profile = {};
    std::string provider = {};
    std::string lease = {}; // its id
    std::string subject = {};
    std::string jti = {}; // joins with the API server's audit log: credential-id JTI=...
    UnixTime expires = 0;
    std::string reason = {}; // why it was asked for
    std::string detail = {}; // what went wrong, or how it ended
    int exit_code = 0;
};

class AuditLog {
public:
    // `path` "" keeps no log. The clock outlives the log.
    AuditLog(std::string path, const Clock& clock) : path_(std::move(path)), clock_(clock) {}

    // Appends one line in one write. A log that cannot be written never fails a call, but is told
    // on stderr, once a process.
    void write(const AuditEvent& event) const;
    // Whether lines could be written, as far as that can be seen without writing one.
    [[nodiscard]] Result<void> check() const;

    // The lines that are there, oldest first, those of the file that was rotated away included.
    // Lines that are no JSON objects are left out.
    [[nodiscard]] Result<std::vector<boost::json::object>> read() const;

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    [[nodiscard]] Result<void> append(const AuditEvent& event) const;

    std::string path_;
    const Clock& clock_;
};

// When the file grows beyond this it is renamed to PATH.1, an older one of that name lost.
inline constexpr std::size_t audit_log_limit = 4 << 20;

// "" without a state directory.
[[nodiscard]] std::string audit_log_path(const std::string& state_directory);

// The event for an Error: a refusal if somebody said no, else a failure.
[[nodiscard]] AuditEvent failed_event(const lease::Profile& profile, const Error& error);

// A provider that writes down what came of every lease, with what `remark` says of it ("" for
// nothing).
[[nodiscard]] std::unique_ptr<lease::LeaseProvider>
keep_audit(std::unique_ptr<lease::LeaseProvider> provider, const lease::Profile& profile,
           AuditLog log, std::function<std::string(const lease::Lease&)> remark);

} // namespace leasehold::helper
