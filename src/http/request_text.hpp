// A Request as Beast's message, after everything that could break out of its place was refused.
#pragma once

#include "src/http/client.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace leasehold::http {

using Message = boost::beast::http::request<boost::beast::http::string_body>;

// Beast writes header values and targets as they are (F13): control characters, spaces in the
// target and bad header names are errors here.
[[nodiscard]] Result<Message> to_message(const Request& request, const Server& server);

} // namespace leasehold::http
