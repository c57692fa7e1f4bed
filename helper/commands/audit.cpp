// leasehold audit.
#include "helper/commands/commands.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

constexpr std::array events = {"lease", "renewal", "revocation", "refusal", "failure", "notice"};

std::string text_of(const json::object& line, std::string_view name) {
    return hostile_text(json_string(line, {name}).value_or(""));
}

// A point in time: RFC 3339, or a duration back from now.
Result<std::optional<UnixTime>> read_since(const Options& options, const Clock& clock) {
    const auto text = options.text("since");
    if (!text)
        return std::optional<UnixTime>();
    if (const auto time = parse_rfc3339(*text))
        return time;
    if (const auto back = parse_duration(*text))
        return std::optional<UnixTime>(clock.now().wall - back->count());
    return options.usage_error("--since " + quoted(*text) + " is neither a time nor a duration",
                               "for example --since 24h or --since 2026-01-31T08:00:00Z");
}

Result<std::size_t> read_limit(const Options& options) {
    const auto text = options.text("limit");
    if (!text)
        return std::size_t(-1);
    std::size_t limit = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size())
        return options.usage_error("--limit " + quoted(*text) + " is no number");
    return limit;
}

Result<void> check_event(const Options& options) {
    const auto event = options.text("event");
    if (event && std::find(events.begin(), events.end(), *event) == events.end())
        return options.usage_error("unknown --event " + quoted(*event),
                                   "events: lease, renewal, revocation, refusal, failure, notice");
    return {};
}

bool is_wanted(const json::object& line, const Options& options, std::optional<UnixTime> since) {
    for (const char* name : {"profile", "event", "lease", "jti"})
        if (const auto wanted = options.text(name); wanted && text_of(line, name) != *wanted)
            return false;
    return !since || parse_rfc3339(text_of(line, "time")).value_or(0) >= *since;
}

// With the reason that was given for the lease.
std::string detail_of(const json::object& line) {
    const std::string reason = text_of(line, "reason");
    std::string detail = text_of(line, "detail");
    if (!reason.empty())
        detail += (detail.empty() ? "reason: " : "; reason: ") + reason;
    return detail;
}

} // namespace

void declare_audit(Options& options) {
    options.examples("leasehold audit --since 24h", "leasehold audit dev --event refusal",
                     "leasehold audit --limit 20 -o json");
    options.value("profile", "only this profile's")
        .positional("NAME")
        .value("event", "only lease, renewal, revocation, refusal, failure or notice")
        .value("lease", "only this lease's")
        .value("jti", "only the token with this id")
        .value("since", "only what came after this time, or within this duration")
        .value("limit", "only the last so many")
        .list_output();
}

Result<int> run_audit(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY(check_event(options));
    LEASEHOLD_TRY_ASSIGN(const auto since, read_since(options, process.clock));
    LEASEHOLD_TRY_ASSIGN(const std::size_t limit, read_limit(options));
    const AuditLog log(audit_log_path(process.directories.state), process.clock);
    LEASEHOLD_TRY_ASSIGN(auto lines, log.read());
    std::erase_if(lines,
                  [&](const json::object& line) { return !is_wanted(line, options, since); });
    if (lines.size() > limit)
        lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(limit));
    if (format != OutputFormat::table) {
        print_data(process, json::array(lines.begin(), lines.end()), format);
        return 0;
    }
    Table table{{"TIME", "EVENT", "PROFILE", "LEASE", "+SUBJECT", "+JTI", "+CALLER", "DETAIL"}, {}};
    for (const json::object& line : lines) {
        std::vector<std::string> row;
        for (const char* name : {"time", "event", "profile", "lease", "subject", "jti", "caller"})
            row.push_back(text_of(line, name));
        row.push_back(detail_of(line));
        for (std::string& cell : row)
            if (cell.empty())
                cell = "-";
        table.rows.push_back(std::move(row));
    }
    process.print(lines.empty() ? "the audit log has no such lines\n"
                                : to_table(table, options.table_style()));
    return 0;
}

} // namespace leasehold::helper
