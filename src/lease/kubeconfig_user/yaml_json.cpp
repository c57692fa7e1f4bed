#include "src/lease/kubeconfig_user/yaml_json.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace leasehold::lease {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

boost::json::value plain_scalar(std::string_view text) {
    if (text == "true" || text == "True" || text == "TRUE")
        return true;
    if (text == "false" || text == "False" || text == "FALSE")
        return false;
    std::int64_t integer = 0;
    if (read_number(text, integer))
        return integer;
    // No "inf" and "nan", which JSON cannot say.
    double number = 0;
    if (text.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
        read_number(text, number) && std::isfinite(number))
        return number;
    return boost::json::value(text);
}

} // namespace

boost::json::value json_of(const YamlNode& node) {
    if (node.is_null())
        return nullptr;
    if (node.is_scalar())
        return node.plain && node.tag.empty() ? plain_scalar(node.scalar)
                                              : boost::json::value(node.scalar);
    if (node.is_sequence()) {
        boost::json::array array;
        for (const YamlNode& item : node.items)
            array.push_back(json_of(item));
        return array;
    }
    boost::json::object object;
    for (const auto& [key, value] : node.members)
        object[key.scalar] = json_of(value);
    return object;
}

} // namespace leasehold::lease
