#include "src/base/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <set>
#include <vector>

namespace leasehold {
namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;

// Builds the value and refuses what Boost.JSON itself lets through (duplicate names, NUL,
// infinities). The interface is boost::json::basic_parser's handler.
class StrictHandler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit StrictHandler(std::size_t members) : members_left_(members) { stack_.reset({}); }

    json::value release() { return stack_.release(); }
    const char* refusal() const { return refusal_; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& error) {
        names_.emplace_back();
        return count_member(error);
    }
    bool on_object_end(std::size_t count, error_code&) {
        names_.pop_back();
        stack_.push_object(count);
        return true;
    }
    bool on_array_begin(error_code& error) { return count_member(error); }
    bool on_array_end(std::size_t count, error_code&) {
        stack_.push_array(count);
        return true;
    }
    bool on_key_part(string_view part, std::size_t, error_code& error) {
        name_.append(part);
        stack_.push_chars(part);
        return no_nul(part, error);
    }
    bool on_key(string_view part, std::size_t, error_code& error) {
        name_.append(part);
        stack_.push_key(part);
        if (!no_nul(part, error) || !count_member(error))
            return false;
        if (!names_.back().insert(std::exchange(name_, {})).second)
            return refuse("a name stands twice in one object", error);
        return true;
    }
    bool on_string_part(string_view part, std::size_t, error_code& error) {
        stack_.push_chars(part);
        return no_nul(part, error);
    }
    bool on_string(string_view part, std::size_t, error_code& error) {
        stack_.push_string(part);
        return no_nul(part, error) && count_member(error);
    }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, string_view, error_code& error) {
        stack_.push_int64(number);
        return count_member(error);
    }
    bool on_uint64(std::uint64_t number, string_view, error_code& error) {
        stack_.push_uint64(number);
        return count_member(error);
    }
    bool on_double(double number, string_view, error_code& error) {
        stack_.push_double(number);
        if (!std::isfinite(number))
            return refuse("a number is out of range", error);
        return count_member(error);
    }
    bool on_bool(bool truth, error_code& error) {
        stack_.push_bool(truth);
        return count_member(error);
    }
    bool on_null(error_code& error) {
        stack_.push_null();
        return count_member(error);
    }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

private:
    bool refuse(const char* why, error_code& error) {
        refusal_ = why;
        error = make_error_code(boost::system::errc::bad_message);
        return false;
    }
    bool no_nul(string_view text, error_code& error) {
        return text.find('\0') == string_view::npos || refuse("a string holds a NUL", error);
    }
    bool count_member(error_code& error) {
        return members_left_-- != 0 || refuse("it has too many members", error);
    }

    json::value_stack stack_;
    std::vector<std::set<std::string, std::less<>>> names_;
    std::string name_;
    std::size_t members_left_;
    const char* refusal_ = nullptr;
};

Error bad_json(const std::string& why) {
    return make_error(ErrorCode::bad_answer, "not acceptable as JSON: " + why);
}

} // namespace

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        return bad_json("it is longer than " + std::to_string(limits.bytes) + " bytes");
    json::parse_options options;
    options.max_depth = limits.depth;
    json::basic_parser<StrictHandler> parser(options, limits.members);
    error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (parser.handler().refusal() != nullptr)
        return bad_json(parser.handler().refusal());
    if (error)
        return bad_json(error.message());
    if (!parser.done() || used != text.size())
        return bad_json("it does not end where it should");
    return parser.handler().release();
}

const json::value* json_find(const json::value& value,
                             std::initializer_list<std::string_view> path) {
    const json::value* at = &value;
    for (const std::string_view name : path) {
        const json::object* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(name);
        if (at == nullptr)
            return nullptr;
    }
    return at;
}

std::optional<std::string_view> json_string(const json::value& value,
                                            std::initializer_list<std::string_view> path) {
    const json::value* found = json_find(value, path);
    if (found == nullptr || !found->is_string())
        return std::nullopt;
    const json::string& text = found->get_string();
    return std::string_view(text.data(), text.size());
}

std::optional<std::int64_t> json_integer(const json::value& value,
                                         std::initializer_list<std::string_view> path) {
    const json::value* found = json_find(value, path);
    if (found == nullptr || !found->is_int64())
        return std::nullopt;
    return found->get_int64();
}

std::string json_quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> escape{};
            (void)std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            out.append(escape.data());
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
    return out;
}

} // namespace leasehold
