#include "helper/lease_book/text.hpp"

#include "src/base/time.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

// null: not known.
template <class Of>
json::value revocable_json(const Of& lease) {
    return lease.revocable_known ? json::value(lease.revocable) : json::value(nullptr);
}

template <class Of>
std::string revocable_text(const Of& lease) {
    return !lease.revocable_known ? "unknown" : lease.revocable ? "yes" : "no";
}

json::object lease_json(const lease::Profile& profile, const lease::Lease& lease) {
    json::object object{{"id", lease.id},
                        {"profile", profile.name},
                        {"subject", lease.subject},
                        {"issuer", lease.issuer},
                        {"audiences", json::array(lease.audiences.begin(), lease.audiences.end())},
                        {"jti", lease.credential_id},
                        {"issued", format_rfc3339(lease.issued)},
                        {"expires", format_rfc3339(lease.expires)},
                        {"ttlSeconds", lease.life.count()},
                        {"revocable", revocable_json(lease)}};
    if (!lease.token.empty())
        object["token"] = lease.token.reveal();
    if (!lease.pair.empty()) {
        object["clientCertificateData"] = lease.pair.certificate_pem;
        object["clientKeyData"] = lease.pair.key_pem.reveal();
    }
    return object;
}

std::string time_text(UnixTime time) {
    return time == 0 ? "" : format_rfc3339(time);
}

json::object row_json(const LeaseRow& row) {
    const lease::LeaseEntry& entry = row.entry;
    return {{"id", entry.id},
            {"profile", entry.profile},
            {"server", row.server},
            {"subject", entry.subject},
            {"holder", entry.holder},
            {"issued", time_text(entry.issued)},
            {"expires", time_text(entry.expires)},
            {"revocable", revocable_json(entry)},
            {"state", entry.state},
            {"reason", entry.reason},
            {"cached", row.cached},
            {"stores", json::array(row.stores.begin(), row.stores.end())}};
}

lease::LeaseEntry entry_of(const ListedLease& local, bool was_asked) {
    lease::LeaseEntry entry;
    entry.id = local.id;
    entry.profile = local.profile;
    entry.subject = local.subject;
    entry.issued = local.issued;
    entry.expires = local.expires;
    entry.revocable = local.revocable;
    entry.revocable_known = local.revocable_known;
    entry.ours = true;
    entry.credential_id = local.jti;
    entry.namespace_ = local.namespace_;
    entry.state = local.revocable && was_asked ? "revoked" : local.ended ? "expired" : "active";
    return entry;
}

// What a server's record does not tell, the store's may. The end is told by this machine's clock,
// as every command tells it.
void complete(lease::LeaseEntry& entry, const ListedLease& local) {
    const auto fill = [](std::string& text, const std::string& with) {
        if (text.empty())
            text = with;
    };
    fill(entry.profile, local.profile);
    fill(entry.subject, local.subject);
    fill(entry.credential_id, local.jti);
    entry.expires = local.expires;
}

std::string cell(const std::string& text) {
    return text.empty() ? "-" : text;
}

} // namespace

void print_data(Process& process, const json::value& value, OutputFormat format) {
    process.print(format == OutputFormat::json ? to_json(value) : to_yaml(value));
}

void print_lease(Process& process, const lease::Profile& profile, const lease::Lease& lease,
                 OutputFormat format) {
    if (format != OutputFormat::table)
        return print_data(process, lease_json(profile, lease), format);
    process.print(to_table({{"ID", "SUBJECT", "ISSUED", "EXPIRES", "REVOCABLE"},
                            {{lease.id, lease.subject, format_rfc3339(lease.issued),
                              format_rfc3339(lease.expires), revocable_text(lease)}}}));
}

std::vector<LeaseRow> join_views(const std::vector<lease::LeaseEntry>& entries,
                                 const std::vector<ListedLease>& local,
                                 const std::vector<AskedBook>& asked) {
    std::vector<LeaseRow> rows;
    for (const lease::LeaseEntry& entry : entries) {
        // Two profiles of one cluster may both see a lease; its own tells most of it.
        const auto seen = std::find_if(rows.begin(), rows.end(), [&](const LeaseRow& row) {
            return row.entry.id == entry.id;
        });
        if (seen == rows.end())
            rows.push_back({entry, "", "", {}});
        else if (entry.ours)
            seen->entry = entry;
    }
    for (const ListedLease& lease : local) {
        const auto known = std::find_if(rows.begin(), rows.end(), [&](const LeaseRow& row) {
            return row.entry.id == lease.id;
        });
        const bool was_asked = std::any_of(asked.begin(), asked.end(), [&](const AskedBook& book) {
            return book.profile == lease.profile && book.server == lease.server;
        });
        LeaseRow& row = known != rows.end()
                            ? *known
                            : rows.emplace_back(LeaseRow{entry_of(lease, was_asked), "", "", {}});
        complete(row.entry, lease);
        row.server = lease.server;
        row.cached = lease.state;
        row.stores = lease.stores;
    }
    std::sort(rows.begin(), rows.end(), [](const LeaseRow& a, const LeaseRow& b) {
        return std::tie(a.entry.profile, a.entry.subject, a.entry.issued, a.entry.id) <
               std::tie(b.entry.profile, b.entry.subject, b.entry.issued, b.entry.id);
    });
    return rows;
}

std::string short_subject(const std::string& subject) {
    constexpr std::string_view accounts = "system:serviceaccount:";
    const std::size_t colon = subject.find(':', accounts.size());
    if (!subject.starts_with(accounts) || colon == std::string::npos)
        return cell(subject);
    return subject.substr(accounts.size(), colon - accounts.size()) + '/' +
           subject.substr(colon + 1);
}

std::string time_left(UnixTime ends, UnixTime now) {
    if (ends == 0)
        return "-";
    const Seconds left(std::max<UnixTime>(ends - now, 0));
    // Nobody plans by the second what lasts for hours.
    return format_duration(left > Seconds(600) ? left - left % Seconds(60) : left);
}

void print_rows(Process& process, const std::vector<LeaseRow>& rows, OutputFormat format,
                const TableStyle& style) {
    if (format != OutputFormat::table) {
        json::array list;
        for (const LeaseRow& row : rows)
            list.push_back(row_json(row));
        return print_data(process, list, format);
    }
    Table table{{"ID", "PROFILE", "+SUBJECT", "-ACCOUNT", "+HOLDER", "+ISSUED", "+EXPIRES", "-LEFT",
                 "+REVOCABLE", "STATE", "+CACHED"},
                {}};
    const UnixTime now = process.clock.now().wall;
    for (const LeaseRow& row : rows)
        table.rows.push_back({row.entry.id, cell(row.entry.profile), cell(row.entry.subject),
                              short_subject(row.entry.subject), cell(row.entry.holder),
                              cell(time_text(row.entry.issued)), cell(time_text(row.entry.expires)),
                              time_left(row.entry.expires, now), revocable_text(row.entry),
                              row.entry.state, cell(row.cached)});
    process.print(rows.empty() ? "no leases\n" : to_table(table, style));
}

void print_entry(Process& process, const LeaseRow& row, OutputFormat format) {
    json::object data = row_json(row);
    data["jti"] = row.entry.credential_id;
    data["namespace"] = row.entry.namespace_;
    if (!row.entry.state_detail.empty())
        data["stateDetail"] = row.entry.state_detail;
    for (const auto& [name, value] : row.entry.details)
        data[name] = value;
    if (format != OutputFormat::table)
        return print_data(process, data, format);
    Table table{{"FIELD", "VALUE"}, {}};
    for (const auto& [name, value] : data) {
        std::string text;
        if (value.is_string())
            text = value.get_string();
        else if (value.is_bool())
            text = value.get_bool() ? "yes" : "no";
        else if (value.is_null())
            text = "unknown";
        else
            for (const auto& item : value.get_array())
                text += (text.empty() ? "" : ", ") + std::string(item.get_string());
        table.rows.push_back({std::string(name), cell(text)});
    }
    process.print(to_table(table));
}

std::string not_revocable_text(const std::string& profile, std::string_view why, UnixTime ends) {
    return "leasehold: this lease cannot be revoked and ends at " + format_rfc3339(ends) + ": " +
           std::string(why) + "\nhint: 'leasehold profile check " + profile +
           "' prints the rule that would make it revocable; "
           "'revocable: false' in the profile says that this is meant\n";
}

} // namespace leasehold::helper
