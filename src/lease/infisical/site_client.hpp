// One connection to an Infisical site, logged in when that is first needed.
#pragma once

#include "src/lease/identity/server_exchange.hpp"
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/wire/refusal.hpp"

#include <memory>
#include <string_view>

namespace leasehold::lease::infisical {

using identity::Repeat;
struct Outside;

struct Answer {
    http::Response response; // 200
    UnixTime sent = 0;       // local time before the request went out
};

class SiteClient {
public:
    // Everything must outlive the client.
    SiteClient(const InfisicalSettings& settings, const Outside& outside);
    ~SiteClient();
    SiteClient(const SiteClient&) = delete;
    SiteClient& operator=(const SiteClient&) = delete;

    // Sends `request` with a session: a kept one, renewed where that is due and allowed, else that
    // of a login. A session that is refused (401, TokenError) is dropped and another login made,
    // once. Any answer but 200 is an Error for which `action` says what was wanted.
    [[nodiscard]] Result<Answer> ask(http::Request request, std::string_view action, Repeat repeat,
                                     Deadline deadline);
    // The same; a refusal that is not of the session is an answer as well.
    [[nodiscard]] Result<Answer> ask_any(http::Request request, Repeat repeat, Deadline deadline);

    // Whether what ask() or ask_any() last asked for may have been done though its answer says
    // nothing of it: none came, or the site or something before it failed.
    [[nodiscard]] bool may_be_done() const;

    // Ends the kept session at the site, too, and forgets it. Fine if there is none.
    [[nodiscard]] Result<void> end_session(Repeat repeat, Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Headers of INFISICAL_CUSTOM_HEADERS (`K1=v1 K2="v 2"`), for sites behind a proxy that wants some.
// Those that HTTP or we set ourselves are refused with ErrorCode::configuration.
[[nodiscard]] Result<std::vector<http::Header>> parse_custom_headers(std::string_view text);

} // namespace leasehold::lease::infisical
