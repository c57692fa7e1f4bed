#include "helper/leasing/note.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"

#include <boost/json/serialize.hpp>

namespace leasehold::helper {

std::string write_lease_note(const lease::Profile& profile, const lease::Lease& lease) {
    const boost::json::object note{
        {"profile", profile.name},
        {"path", profile.path},
        {"provider", profile.provider()},
        {"server", profile.cluster.server.text()},
        {"subject", lease.subject},
        {"id", lease.id},
        {"jti", lease.credential_id},
        {"audiences", boost::json::array(lease.audiences.begin(), lease.audiences.end())},
        {"expires", lease.expires},
        {"revocable", lease.revocable_known ? boost::json::value(lease.revocable) : nullptr},
        {"namespace", lease.namespace_}};
    return boost::json::serialize(note);
}

std::optional<LeaseNote> read_lease_note(std::string_view text) {
    const auto note = parse_json(text);
    if (!note || !json_string(*note, {"profile"}))
        return std::nullopt;
    const auto text_of = [&](std::string_view name) {
        return hostile_text(json_string(*note, {name}).value_or(""));
    };
    const boost::json::value* revocable = json_find(*note, {"revocable"});
    const boost::json::value* expires = json_find(*note, {"expires"});
    return LeaseNote{text_of("profile"),
                     std::string(json_string(*note, {"path"}).value_or("")),
                     text_of("provider"),
                     text_of("server"),
                     text_of("subject"),
                     text_of("id"),
                     text_of("jti"),
                     revocable != nullptr && revocable->is_bool() && revocable->get_bool(),
                     revocable == nullptr || !revocable->is_null(),
                     expires != nullptr && expires->is_int64() ? expires->get_int64() : 0,
                     text_of("namespace")};
}

UnixTime lease_end(const LeaseNote& note, const cache::Lifetime& lifetime,
                   const cache::Judgement& judgement) {
    // Where the clocks do not tell how long ago it was issued, nothing is usable any more.
    if (!judgement.usable && judgement.left == Seconds(0) && note.expires != 0)
        return note.expires;
    const UnixTime issued = judgement.reported_expiry - lifetime.reported_for.count();
    return note.expires == 0 ? issued + lifetime.ends_after.count()
                             : note.expires + (issued - lifetime.issued_wall);
}

} // namespace leasehold::helper
