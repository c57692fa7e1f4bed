#include "src/lease/vault/wire/role_answer.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/http/json_body.hpp"

#include <algorithm>

namespace leasehold::lease::vault {
namespace {

namespace json = boost::json;

constexpr std::size_t most_names = 64;

std::vector<std::string> names_of(const json::value* list) {
    std::vector<std::string> names;
    if (list == nullptr || !list->is_array())
        return names;
    for (const json::value& name : list->get_array())
        if (name.is_string() && names.size() < most_names)
            names.push_back(hostile_text(
                std::string_view(name.get_string().data(), name.get_string().size()), 64));
    return names;
}

} // namespace

Result<RoleFacts> read_role_facts(const http::Response& response) {
    const auto body = http::json_body(response);
    const json::value* data = body ? json_find(*body, {"data"}) : nullptr;
    if (data == nullptr || !data->is_object())
        return make_error(ErrorCode::bad_answer, "what the server says of the role is unusable");
    RoleFacts facts;
    facts.service_account =
        hostile_text(json_string(*data, {"service_account_name"}).value_or(""), 253);
    facts.kind = facts.service_account.empty() ? RoleKind::dynamic : RoleKind::static_;
    facts.namespaces = names_of(json_find(*data, {"allowed_kubernetes_namespaces"}));
    facts.has_selector =
        !json_string(*data, {"allowed_kubernetes_namespace_selector"}).value_or("").empty();
    facts.max_ttl =
        Seconds(std::max<std::int64_t>(json_integer(*data, {"token_max_ttl"}).value_or(0), 0));
    return facts;
}

bool may(const http::Response& response, std::string_view path, std::string_view capability) {
    const auto body = http::json_body(response);
    const auto list = names_of(body ? json_find(*body, {"data", path}) : nullptr);
    return std::any_of(list.begin(), list.end(), [&](const std::string& name) {
        return name == capability || name == "root";
    });
}

std::string read_version(const http::Response& response) {
    const auto body = http::json_body(response);
    return body ? hostile_text(json_string(*body, {"version"}).value_or(""), 64) : "";
}

} // namespace leasehold::lease::vault
