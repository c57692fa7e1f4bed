// leasehold status | token: what the next kubectl would use.
#include "helper/commands/commands.hpp"
#include "helper/commands/current_profile.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/leasing/note.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

namespace leasehold::helper {
namespace {

namespace json = boost::json;

// What a person is told, in order; "" is left out.
struct Status {
    std::string context;
    std::string file; // of the context
    std::string profile;
    std::string provider;
    std::string server;
    std::string subject;
    std::string lease;
    std::string store;
    std::string last_check;
    std::string last_check_event;
    UnixTime expires = 0;
    Seconds left{0};
    bool revocable = false;
    bool revocable_known = true;
    bool usable = false;
};

// The cached token, if it would be served.
void add_token(const Process& process, Assembly& assembly, Status& status) {
    const lease::Profile& profile = assembly.profile();
    const auto key = lease_key(process, profile, default_request(profile));
    const auto hit = key ? assembly.parts().cache.find(key->key) : std::nullopt;
    const auto note = hit ? read_lease_note(hit->record.note) : std::nullopt;
    if (!note)
        return;
    status.subject = note->subject;
    status.lease = note->id;
    status.store = hit->store;
    status.revocable = note->revocable;
    status.revocable_known = note->revocable_known;
    status.expires = lease_end(*note, hit->record.lifetime, hit->judgement);
    status.left = std::max(Seconds(0), Seconds(status.expires - process.clock.now().wall));
    status.usable = hit->judgement.usable && status.left.count() > 0;
}

// When a server was last asked for this profile, and what came of it.
void add_last_check(const Assembly& assembly, Status& status) {
    const auto lines = assembly.audit().read();
    if (!lines)
        return;
    for (auto line = lines->rbegin(); line != lines->rend(); ++line) {
        const auto text = [&](std::string_view name) {
            const json::value* value = line->if_contains(name);
            return value != nullptr && value->is_string() ? hostile_text(value->get_string(), 128)
                                                          : std::string();
        };
        if (text("profile") != status.profile)
            continue;
        status.last_check = text("time");
        status.last_check_event = text("event");
        return;
    }
}

std::string line(std::string_view name, const std::string& value) {
    return value.empty() ? std::string()
                         : std::string(name) + std::string(12 - name.size(), ' ') + value + '\n';
}

std::string revocable_line(const Status& status) {
    const std::string command = "leasehold lease revoke " + status.lease;
    if (!status.revocable_known)
        return "unknown: " + command + " asks the cluster";
    return status.revocable ? "yes: " + command : "no, it ends by itself";
}

std::string status_text(const Status& status) {
    std::string token = "none: the next call leases one";
    if (status.usable)
        token = status.subject + ", " + format_duration(status.left) + " left (until " +
                format_rfc3339(status.expires) + ')';
    return line("context", status.context.empty() ? "" : status.context + " in " + status.file) +
           line("profile", status.profile + " (" + status.provider + ", " + status.server + ')') +
           line("token", token) + line("kept in", status.usable ? status.store : "") +
           line("revocable", status.usable ? revocable_line(status) : "") +
           line("last asked", status.last_check.empty()
                                  ? ""
                                  : status.last_check + " (" + status.last_check_event + ')');
}

json::object status_json(const Status& status) {
    return {{"context", status.context},
            {"file", status.file},
            {"profile", status.profile},
            {"provider", status.provider},
            {"server", status.server},
            {"usable", status.usable},
            {"subject", status.subject},
            {"id", status.lease},
            {"expires", status.usable ? format_rfc3339(status.expires) : ""},
            {"leftSeconds", status.left.count()},
            {"store", status.store},
            {"revocable",
             status.revocable_known ? json::value(status.revocable) : json::value(nullptr)},
            {"lastAsked", status.last_check},
            {"lastEvent", status.last_check_event}};
}

} // namespace

void declare_status(Options& options) {
    options.examples("leasehold status", "leasehold status prod", "leasehold status -o json");
    options.value("profile", "this profile's token (default: the current context's)")
        .positional("NAME")
        .output();
}

Result<int> run_status(Invocation& call) {
    Process& process = call.process;
    Status status;
    if (const auto context = current_context(process)) {
        status.context = context->name;
        status.file = context->file;
    }
    const auto named = profile_or_current(process, call.options);
    if (!named && !status.context.empty() && call.format == OutputFormat::table) {
        process.print(line("context", status.context + " in " + status.file +
                                          ", which is not one of leasehold's"));
        return 1;
    }
    LEASEHOLD_TRY_ASSIGN(status.profile, named);
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, status.profile));
    status.provider = profile.provider();
    status.server = profile.cluster.server.text();
    Assembly assembly(process, std::move(profile), call.options.verbose());
    add_token(process, assembly, status);
    add_last_check(assembly, status);
    if (call.format == OutputFormat::table)
        process.print(status_text(status));
    else
        print_data(process, status_json(status), call.format);
    return status.usable ? 0 : 1;
}

void declare_token(Options& options) {
    options.examples("leasehold token", "leasehold token prod",
                     "echo \"Authorization: Bearer $(leasehold token)\" | curl -H @- $SERVER");
    options.value("profile", "the profile (default: the current context's)").positional("NAME");
}

Result<int> run_token(Invocation& call) {
    Process& process = call.process;
    Assembly& assembly = *call.assembly;
    const lease::LeaseRequest wanted = default_request(assembly.profile());
    LEASEHOLD_TRY_ASSIGN(const LeaseKey key, lease_key(process, assembly.profile(), wanted));
    LEASEHOLD_TRY_ASSIGN(const Obtained obtained,
                         obtain(assembly.parts(), assembly.profile(), wanted, key, Eagerness::serve,
                                *call.deadline));
    Secret text = Secret::take(std::string(obtained.token.reveal()) + '\n');
    process.print_bytes(text.reveal());
    return 0;
}

} // namespace leasehold::helper
