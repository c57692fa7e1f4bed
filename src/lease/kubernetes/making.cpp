#include "src/lease/kubernetes/making.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/settings/name_template.hpp"

#include <algorithm>
#include <utility>

namespace leasehold::lease {
namespace {

// Of the deadline, for taking back: enough for a few quick requests to a server that has just
// answered.
constexpr Milliseconds longest_reserve{4000};

// What a server that fails gets of one lease, taking back included. It is the clients of a server
// that is too busy who keep it so (LOCK-3).
constexpr int most_requests_to_a_busy_server = 3;

Deadline without_reserve(Deadline deadline) {
    const Milliseconds left = deadline.left();
    return deadline.within(left - std::min(longest_reserve, left / 4));
}

// 501 and 503 promise that nothing was done (RFC 9110, sections 15.6.2 and 15.6.4).
bool may_have_been_done(int status) {
    return status >= 500 && status != 501 && status != 503;
}

// The server will not make such an object for this requester, now or in a while. A quota, or a
// namespace that is being deleted, is not for long.
bool is_final_refusal(const http::Response& response) {
    using Cause = KubernetesStatus::Cause;
    const int status = response.status;
    const Cause cause = read_status(response).cause;
    return status == 501 ||
           (status >= 400 && status < 500 && status != 401 && status != 409 && status != 429 &&
            cause != Cause::quota && cause != Cause::anonymous && cause != Cause::ending_namespace);
}

Error with_left_behind(Error error, const std::vector<std::string>& left, UnixTime expires) {
    if (left.empty())
        return error;
    std::string names;
    for (const std::string& name : left)
        names += (names.empty() ? "" : ", ") + name;
    error.message += "; left behind in the cluster: " + names;
    if (!error.hint.empty())
        error.hint += '\n';
    error.hint += "what is left expires at " + format_rfc3339(expires) +
                  "; 'leasehold lease prune' removes it then";
    return error;
}

} // namespace

LeaseMaking::LeaseMaking(const MakingParts& parts, const LeaseRequest& request, Deadline deadline)
    : parts_(parts), request_(request), work_(without_reserve(deadline)), all_(deadline) {}

Result<Lease> LeaseMaking::static_without_record() {
    optional_ = false;
    LEASEHOLD_TRY_ASSIGN(Lease lease,
                         token_of(wish(parts_.profile.settings.service_account), true));
    lease.namespace_.clear();
    return lease;
}

Result<Lease> LeaseMaking::static_with_record(bool optional) {
    optional_ = optional;
    return with_fresh_names([this] { return recorded_once(); });
}

// A name that is taken is no reason to fail: once more under a new one.
Result<Lease> LeaseMaking::with_fresh_names(const std::function<Result<Lease>()>& make) {
    for (bool again = false;; again = true) {
        const UnixTime now = parts_.clock.now().wall;
        const std::string& name_template = parts_.profile.settings.dynamic.name_template;
        mark_ = make_mark(
            parts_.profile, parts_.holder, request_,
            make_lease_name(name_template.empty() ? default_name_template
                                                  : std::string_view(name_template),
                            {parts_.profile.name, parts_.holder.user, parts_.holder.host, now}),
            now);
        parts_.intents.intend(mark_.id);
        made_.clear();
        trouble_ = Trouble::none;
        Result<Lease> lease = make();
        if (lease) {
            lease->id = mark_.id;
            lease->namespace_ = request_.namespace_;
            lease->revocable = true;
            return lease;
        }
        const bool retry = trouble_ == Trouble::taken && !again;
        Error error = take_back(std::move(lease).error());
        if (!retry)
            return error;
    }
}

Result<Lease> LeaseMaking::recorded_once() {
    auto secret =
        create({ObjectKind::secret, request_.namespace_, mark_.id, ""}, lease_secret(mark_));
    if (!secret) {
        secrets_refused_ = trouble_ == Trouble::refused;
        record_failed_ = trouble_ != Trouble::unreached && !parts_.interrupted();
        return std::move(secret).error();
    }
    record_failed_ = false;
    TokenWish wanted = wish(parts_.profile.settings.service_account);
    wanted.bound_to = *secret;
    LEASEHOLD_TRY_ASSIGN(Lease lease, token_of(wanted, false));
    annotate(*secret, lease);
    LEASEHOLD_TRY(go_on());
    return lease;
}

TokenWish LeaseMaking::wish(const std::string& account) const {
    return {request_.namespace_, account, request_.audiences, request_.ttl,
            parts_.profile.terms.issuer};
}

Attempts LeaseMaking::attempts() const {
    const int most = most_requests_to_a_busy_server;
    const int sent = parts_.api.exchanges();
    // A record that may be missing leaves one request for the token, which gets what is left.
    const int kept = optional_ ? 1 : 0;
    return {.invited = optional_ && made_.empty() ? most - kept
                       : record_failed_           ? std::max(1, most - sent)
                                                  : most_attempts,
            .uninvited = std::max(1, most - sent - static_cast<int>(made_.size()) - kept)};
}

// `lives_on`: if the answer is lost, a token may live on that nobody has.
Result<Lease> LeaseMaking::token_of(const TokenWish& wish, bool lives_on) {
    const UnixTime sent = parts_.clock.now().wall;
    http::Request request = token_request(wish);
    request.repeatable = !lives_on; // a second token ends with the same object
    const auto response = parts_.api.send(std::move(request), work_, attempts());
    if (!response) {
        Error error = response.error().error;
        if (lives_on && response.error().sent)
            error.hint += std::string(error.hint.empty() ? "" : "\n") +
                          "the server may have issued a token all the same; it reached nobody and "
                          "ends by " +
                          format_rfc3339(sent + wish.ttl.count());
        return error;
    }
    if (response->status != 201 && response->status != 200)
        return parts_.api.explain(*response,
                                  status_error(*response, {"create", "serviceaccounts/token",
                                                           wish.namespace_, wish.service_account}));
    LEASEHOLD_TRY(go_on());
    return read_token_answer(*response, wish, sent);
}

Result<void> LeaseMaking::go_on() const {
    if (parts_.interrupted())
        return make_error(ErrorCode::interrupted, "interrupted: the lease is taken back");
    return {};
}

Result<ObjectRef> LeaseMaking::create(const ObjectRef& object, boost::json::object body) {
    const Deadline deadline = optional_ ? work_.within(work_.left() / 3) : work_;
    const auto response =
        parts_.api.send(create_request(object, std::move(body)), deadline, attempts());
    trouble_ = Trouble::other;
    if (!response) {
        if (response.error().sent)
            made_.push_back({object, false});
        else
            trouble_ = Trouble::unreached;
        return response.error().error;
    }
    if (response->status == 201 || response->status == 200 || response->status == 202) {
        auto read = read_object(*response, object.kind);
        if (!read || read->ref.name != object.name || read->ref.namespace_ != object.namespace_) {
            made_.push_back({object, false});
            trouble_ = Trouble::refused; // whatever it is, it keeps no such objects
            return make_error(ErrorCode::bad_answer,
                              "the API server does not say that it made " + describe(object));
        }
        made_.push_back({read->ref, true});
        LEASEHOLD_TRY(go_on());
        trouble_ = Trouble::none;
        return read->ref;
    }
    if (may_have_been_done(response->status))
        made_.push_back({object, false});
    if (response->status == 409 && read_status(*response).reason == "AlreadyExists")
        trouble_ = Trouble::taken;
    if (response->status == 401)
        trouble_ = Trouble::unreached;
    if (is_final_refusal(*response))
        trouble_ = Trouble::refused;
    return parts_.api.explain(*response, status_error(*response, action_on("create", object)));
}

// The record says what the token says. If that cannot be written, the lease is good all the same:
// its expiry stands there already, at most a minute late.
void LeaseMaking::annotate(const ObjectRef& record, const Lease& lease) {
    const UnixTime issued = lease.issued + lease.clock_skew.value_or(Seconds(0)).count();
    const UnixTime ends = issued + lease.life.count();
    (void)parts_.api.send(annotate_request(record, answer_annotations(lease.credential_id, ends)),
                          work_);
}

Error LeaseMaking::take_back(Error error) {
    std::vector<std::string> left;
    // What may not be there at all is not looked for with the time that the token needs.
    const Deadline whole = all_;
    if (optional_)
        all_ = all_.within(all_.left() / 3);
    for (auto made = made_.rbegin(); made != made_.rend(); ++made)
        if (!take_back_one(*made))
            left.push_back(describe(made->object));
    made_.clear();
    all_ = whole;
    if (left.empty())
        parts_.intents.forgo(mark_.id);
    return with_left_behind(std::move(error), left, mark_.expires);
}

Result<void> LeaseMaking::take_back_one(const Made& made) {
    std::vector<ObjectRef> objects{made.object};
    if (!made.certain) {
        // By the label, since listing is a right that the book needs anyway.
        objects.clear();
        LEASEHOLD_TRY_ASSIGN(const auto found,
                             parts_.api.list(made.object.kind, made.object.namespace_,
                                             std::string(lease_label) + '=' + mark_.id, all_));
        for (const ReadObject& object : found)
            if (object.ref.name == made.object.name)
                objects.push_back(object.ref);
    }
    for (const ObjectRef& object : objects)
        LEASEHOLD_TRY(parts_.api.remove(object, all_));
    return {};
}

} // namespace leasehold::lease
