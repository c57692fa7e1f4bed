// What a server that speaks JSON answered.
#pragma once

#include "src/base/json.hpp"
#include "src/http/client.hpp"

namespace leasehold::http {

// An Error with ErrorCode::bad_answer if the answer says that it is not JSON. One that says nothing
// may be.
[[nodiscard]] Result<void> check_json_type(const Response& response);

// The body as parse_json() reads it, unless the answer says that it is something else: a media
// type other than application/json and its kin ("+json", RFC 6839, section 3.1). An answer that
// says nothing is read. Errors have ErrorCode::bad_answer.
[[nodiscard]] Result<boost::json::value> json_body(const Response& response,
                                                   const JsonLimits& limits = {});

} // namespace leasehold::http
