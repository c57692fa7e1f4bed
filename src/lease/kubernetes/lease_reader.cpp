#include "src/lease/kubernetes/lease_reader.hpp"

#include "src/base/names.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace leasehold::lease {
namespace {

bool was_answered(ErrorCode code) {
    return code != ErrorCode::unreachable && code != ErrorCode::timed_out;
}

std::ptrdiff_t place_of(ObjectKind kind) {
    return std::find(ending_order.begin(), ending_order.end(), kind) - ending_order.begin();
}

bool binds_there(const NamespaceGrant& grant, const std::string& space, bool with_rules) {
    return grant.namespace_ == space && !(with_rules && grant.rules.empty());
}

} // namespace

std::vector<std::string> ReadLeases::unread_of(const FoundLease& found) const {
    std::vector<std::string> names;
    const LeaseMark& mark = found.mark;
    for (const auto& [space, why] : unread)
        if (space == mark.namespace_ ||
            std::find(mark.also_in.begin(), mark.also_in.end(), space) != mark.also_in.end())
            names.push_back(space);
    return names;
}

bool LeaseReader::dynamic_() const {
    return parts_.profile.settings.credential == CredentialKind::dynamic_;
}

// What the profile's own leases are made of; other kinds are looked at if that is allowed, since
// the profile may have been another one once.
bool LeaseReader::is_needed(ObjectKind kind, const std::string& namespace_) const {
    const DynamicSettings& dynamic = parts_.profile.settings.dynamic;
    const bool cluster_wide = dynamic.binding == DynamicSettings::Binding::cluster;
    const auto grants = grants_of(dynamic, namespace_);
    const auto binds = [&](bool with_rules) {
        return std::any_of(grants.begin(), grants.end(), [&](const NamespaceGrant& grant) {
            return binds_there(grant, namespace_, with_rules);
        });
    };
    switch (kind) {
    case ObjectKind::secret:
        return !parts_.records_refused;
    case ObjectKind::service_account:
        return true;
    case ObjectKind::role_binding:
        return binds(false);
    case ObjectKind::cluster_role_binding:
        return cluster_wide;
    case ObjectKind::role:
        return binds(true);
    case ObjectKind::cluster_role:
        return cluster_wide && !dynamic.rules.empty();
    case ObjectKind::namespace_:
        return false;
    }
    return true;
}

Result<void> LeaseReader::read_needed(ObjectKind kind, const std::string& namespace_) {
    auto found = parts_.api.list(kind, namespace_, selector_, deadline_);
    if (!found) {
        const ErrorCode code = found.error().code;
        if (!is_needed(kind, namespace_) &&
            (kind == ObjectKind::secret ? was_answered(code) : code == ErrorCode::denied))
            return {};
        return std::move(found).error();
    }
    std::move(found->begin(), found->end(), std::back_inserter(objects_));
    return {};
}

// Those that the profile names, and that have the labels it asks for, if that is enough.
Result<std::vector<std::string>> LeaseReader::named_namespaces() {
    std::vector<std::string> names = parts_.profile.terms.namespaces;
    if (!parts_.profile.terms.others)
        return names;
    LEASEHOLD_TRY_ASSIGN(const auto fit,
                         parts_.api.list(ObjectKind::namespace_, "",
                                         parts_.profile.settings.namespace_selector, deadline_));
    for (const ReadObject& space : fit)
        if (std::find(names.begin(), names.end(), space.ref.name) == names.end() &&
            is_dns_label(space.ref.name))
            names.push_back(space.ref.name);
    return names;
}

Result<void> LeaseReader::read_where_leases_are() {
    LEASEHOLD_TRY_ASSIGN(const std::vector<std::string> named, named_namespaces());
    homes_.insert(named.begin(), named.end());
    homes_.insert(parts_.also_in.begin(), parts_.also_in.end());
    for (const ObjectKind kind : ending_order) {
        if ((kind == ObjectKind::secret) == dynamic_())
            continue;
        if (!names_of(kind).namespaced) {
            LEASEHOLD_TRY(read_needed(kind, ""));
            continue;
        }
        for (const std::string& space : named)
            LEASEHOLD_TRY(read_needed(kind, space));
        for (const std::string& space : parts_.also_in) {
            auto looked = read_needed(kind, space);
            if (!looked &&
                (parts_.scope == BookScope::own || looked.error().code != ErrorCode::denied))
                return std::move(looked).error();
        }
    }
    return {};
}

// One list of a namespace that no record of the profile's is in.
Result<void> LeaseReader::read_beside(ObjectKind kind, const std::string& namespace_) {
    auto found = parts_.api.list(kind, namespace_, selector_, deadline_);
    if (found) {
        std::move(found->begin(), found->end(), std::back_inserter(objects_));
        return {};
    }
    if (!was_answered(found.error().code))
        return std::move(found).error();
    // A binding is what brought us here; roles of their own few leases have.
    if (kind != ObjectKind::role || is_needed(kind, namespace_) ||
        found.error().code != ErrorCode::denied)
        unread_.emplace(namespace_, std::move(found).error());
    return {};
}

// To where the marks say that the rest of their leases is: whoever wrote them can only have us look
// for objects that bear our own marks.
void LeaseReader::follow_marks() {
    for (const ReadObject& object : objects_) {
        const auto mark = read_mark(object);
        if (!mark)
            continue;
        for (const std::string& space : mark->also_in)
            if (bindings_.size() < most_namespaces && !homes_.contains(space))
                bindings_.insert(space);
        if (accounts_.size() < most_namespaces && !mark->namespace_.empty() &&
            !homes_.contains(mark->namespace_))
            accounts_.insert(mark->namespace_);
    }
}

Result<void> LeaseReader::read_elsewhere() {
    for (const std::string& space : granted_namespaces(parts_.profile.settings.dynamic))
        if (!homes_.contains(space))
            bindings_.insert(space);
    std::set<std::string> bindings_read;
    std::set<std::string> accounts_read;
    for (bool more = true; more;) {
        more = false;
        follow_marks();
        for (const std::string& space : bindings_) {
            if (!bindings_read.insert(space).second)
                continue;
            more = true;
            LEASEHOLD_TRY(read_beside(ObjectKind::role_binding, space));
            LEASEHOLD_TRY(read_beside(ObjectKind::role, space));
        }
        for (const std::string& space : accounts_) {
            if (!accounts_read.insert(space).second)
                continue;
            more = true;
            LEASEHOLD_TRY(read_beside(ObjectKind::service_account, space));
        }
    }
    return {};
}

Result<ReadLeases> LeaseReader::read(const std::string& selector) {
    selector_ = selector;
    LEASEHOLD_TRY(read_where_leases_are());
    if (dynamic_())
        LEASEHOLD_TRY(read_elsewhere());
    std::stable_sort(objects_.begin(), objects_.end(),
                     [](const ReadObject& one, const ReadObject& other) {
                         return place_of(one.ref.kind) < place_of(other.ref.kind);
                     });
    return ReadLeases{leases_among(std::move(objects_), parts_.profile.settings.credential),
                      std::move(unread_)};
}

} // namespace leasehold::lease
