#include "helper/providers/audit_log.hpp"

#include "helper/process/watchdog.hpp"
#include "helper/providers/side/holder.hpp"
#include "src/base/fd.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"
#include "src/lease/providers.hpp"

#include <boost/json/serialize.hpp>

#include <atomic>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

// Our own file and nobody else's: neither a link nor a FIFO is written to.
Fd open_log(const std::string& path) {
    Fd file(::open(path.c_str(),
                   O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != ::geteuid() || (status.st_mode & 077U) != 0)
        return Fd();
    return file;
}

Error unwritable(const std::string& path) {
    return make_error(ErrorCode::configuration,
                      quoted(path) + " is not a file of this user's that only they can write to",
                      "see what is there with 'ls -ld " + shell_word(path) +
                          "'; it is made anew once it is moved away");
}

// Under the lock of the old file; who comes second finds it short again. Nobody is waited for:
// a file that is a little too long is no harm.
void rotate(const std::string& path, const Fd& file) {
    struct stat ours {};
    struct stat named {};
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(file.get(), &ours) != 0 ||
        ::stat(path.c_str(), &named) != 0 || ours.st_ino != named.st_ino)
        return;
    (void)::rename(path.c_str(), (path + ".1").c_str());
}

void read_lines(const std::string& text, std::vector<json::object>& lines) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto value = parse_json(line);
        if (value && value->is_object())
            lines.push_back(value->get_object());
    }
}

class AuditedProvider final : public lease::LeaseProvider {
public:
    AuditedProvider(std::unique_ptr<lease::LeaseProvider> inner, const lease::Profile& profile,
                    AuditLog log, std::function<std::string(const lease::Lease&)> remark)
        : inner_(std::move(inner)), profile_(profile), log_(std::move(log)),
          remark_(std::move(remark)) {}

    Result<lease::Lease> lease(const lease::LeaseRequest& request, Deadline deadline) override {
        const LeaseInTheMaking making(profile_.kind->keeps_a_book);
        auto lease = inner_->lease(request, deadline);
        if (lease)
            log_.write({.event = "lease",
                        .profile = profile_.name,
                        .provider = profile_.provider(),
                        .lease = lease->id,
                        .subject = lease->subject,
                        .jti = lease->credential_id,
                        .expires = lease->expires,
                        .reason = hostile_text(request.reason, lease::longest_reason),
                        .detail = remark_(*lease)});
        else
            write_failure(request, lease.error());
        return lease;
    }

private:
    void write_failure(const lease::LeaseRequest& request, const Error& error) const {
        AuditEvent event = failed_event(profile_, error);
        event.reason = hostile_text(request.reason, lease::longest_reason);
        log_.write(event);
    }

    std::unique_ptr<lease::LeaseProvider> inner_;
    const lease::Profile& profile_;
    AuditLog log_;
    std::function<std::string(const lease::Lease&)> remark_;
};

} // namespace

void AuditLog::write(const AuditEvent& event) const {
    if (path_.empty())
        return;
    // Once a process: a log that cannot be written must not hide what it is about.
    static std::atomic<bool> told{false};
    if (const auto written = append(event); !written && !told.exchange(true))
        write_if_possible(2, "leasehold: the audit log cannot be written: " +
                                 hostile_text(written.error().message, 1024) + '\n');
}

Result<void> AuditLog::check() const {
    if (path_.empty())
        return make_error(ErrorCode::configuration, "there is nowhere to keep an audit log",
                          "set HOME, XDG_STATE_HOME or LEASEHOLD_STATE_DIR");
    if (::access(path_.c_str(), F_OK) != 0)
        return {};
    const Fd file = open_log(path_);
    return file ? Result<void>() : unwritable(path_);
}

Result<void> AuditLog::append(const AuditEvent& event) const {
    LEASEHOLD_TRY(make_private_directory(directory_of(path_)));
    json::object line{{"time", format_rfc3339(clock_.now().wall)}, {"event", event.event}};
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty())
            line[name] = value;
    };
    add("profile", event.profile);
    add("provider", event.provider);
    add("lease", event.lease);
    add("subject", event.subject);
    add("jti", event.jti);
    if (event.expires != 0)
        line["expires"] = format_rfc3339(event.expires);
    add("caller", find_caller());
    add("reason", event.reason);
    add("detail", event.detail);
    if (event.exit_code != 0)
        line["exitCode"] = event.exit_code;
    Fd file = open_log(path_);
    struct stat status {};
    if (file && ::fstat(file.get(), &status) == 0 &&
        status.st_size > static_cast<off_t>(audit_log_limit)) {
        rotate(path_, file);
        file = open_log(path_);
    }
    if (!file)
        return unwritable(path_);
    // One write, so that lines of two processes never mix (O_APPEND).
    if (const int error = write_all(file.get(), json_made_visible(json::serialize(line)) + '\n'))
        return system_error(ErrorCode::configuration, quoted(path_), error);
    return {};
}

Result<std::vector<json::object>> AuditLog::read() const {
    std::vector<json::object> lines;
    constexpr FileRules rules{.owned_by_me = true, .limit = 2 * audit_log_limit};
    for (const std::string& path : {path_ + ".1", path_}) {
        if (path_.empty())
            break;
        LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(path, rules));
        if (!file)
            continue;
        LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*file, path, rules.limit));
        read_lines(text, lines);
    }
    return lines;
}

std::string audit_log_path(const std::string& state_directory) {
    return state_directory.empty() ? "" : state_directory + "/audit.jsonl";
}

AuditEvent failed_event(const lease::Profile& profile, const Error& error) {
    return {.event = error.code == ErrorCode::denied ? "refusal" : "failure",
            .profile = profile.name,
            .provider = profile.provider(),
            .detail = error.message,
            .exit_code = static_cast<int>(error.code)};
}

std::unique_ptr<lease::LeaseProvider>
keep_audit(std::unique_ptr<lease::LeaseProvider> provider, const lease::Profile& profile,
           AuditLog log, std::function<std::string(const lease::Lease&)> remark) {
    return std::make_unique<AuditedProvider>(std::move(provider), profile, std::move(log),
                                             std::move(remark));
}

} // namespace leasehold::helper
