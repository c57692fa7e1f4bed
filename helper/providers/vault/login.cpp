#include "helper/providers/vault/login.hpp"

#include "helper/providers/vault/oidc.hpp"
#include "src/base/time.hpp"
#include "src/lease/vault/client.hpp"
#include "src/lease/vault/login/proof.hpp"
#include "src/lease/vault/wire/requests.hpp"

#include <boost/json/serialize.hpp>

#include <set>

namespace leasehold::helper {
namespace {

using namespace lease::vault;

// One method of each enforcement that wants one: the first, which is what most have.
std::vector<MfaMethod> first_of_each(const MfaRequest& request) {
    std::vector<MfaMethod> chosen;
    std::set<std::string> done;
    for (const MfaMethod& method : request.methods)
        if (done.insert(method.enforcement).second)
            chosen.push_back(method);
    return chosen;
}

// {"mfa_request_id", "mfa_payload": {METHOD: [CODE]}}; a method without a code is confirmed on
// another device, and the answer waits for that.
Result<http::Request> mfa_request(const VaultSettings& settings, const MfaRequest& wanted,
                                  const Person& person) {
    boost::json::object payload;
    for (const MfaMethod& method : first_of_each(wanted)) {
        boost::json::array codes;
        if (method.code) {
            LEASEHOLD_TRY_ASSIGN(const Secret code, person.ask("code of " + method.name));
            codes.emplace_back(std::string(code.reveal()));
        } else {
            person.tell("confirm the login with " + method.name);
        }
        payload[method.id] = std::move(codes);
    }
    if (payload.empty())
        return make_error(ErrorCode::bad_answer, "the server wants a second factor and names none");
    return post_request(
        "sys/mfa/validate", settings.auth.space,
        boost::json::object{{"mfa_request_id", wanted.id}, {"mfa_payload", std::move(payload)}});
}

Result<void> give_second_factor(const VaultSettings& settings, const MfaRequest& wanted,
                                Client& client, const Person& person, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(http::Request request, mfa_request(settings, wanted, person));
    LEASEHOLD_TRY_ASSIGN(const Answer answer,
                         client.ask_as_nobody(std::move(request), Repeat::changes, deadline));
    if (answer.response.status != 200) {
        Error error = refusal_error(read_refusal(answer.response), Doing::logging_in,
                                    "give the second factor");
        error.hint = "a code is good for one login: wait for the next one, and log in again";
        return error;
    }
    LEASEHOLD_TRY_ASSIGN(const auto more, client.take_login(answer));
    if (more)
        return make_error(ErrorCode::denied, "the server wants yet another factor");
    return {};
}

} // namespace

Result<std::string> sign_in_to_vault(const VaultSettings& settings, const Outside& outside,
                                     Secret secret, const Person& person, Deadline deadline) {
    Client client(settings, outside);
    std::optional<MfaRequest> factor;
    if (settings.auth.method == AuthMethod::oidc) {
        LEASEHOLD_TRY_ASSIGN(const Answer answer,
                             log_in_by_browser(settings, client, person, deadline));
        LEASEHOLD_TRY_ASSIGN(factor, client.take_login(answer));
    } else {
        LEASEHOLD_TRY_ASSIGN(
            factor, client.sign_in(password_proof(settings.auth, std::move(secret)), deadline));
    }
    if (factor)
        LEASEHOLD_TRY(give_second_factor(settings, *factor, client, person, deadline));
    const auto left = client.session_left();
    return left ? "the session lasts for " + format_duration(*left)
                : std::string("the session does not end by itself");
}

} // namespace leasehold::helper
