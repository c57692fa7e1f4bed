// What parse_json() and JsonElements let through: the handler of boost::json::basic_parser.
#pragma once

#include <boost/json/value_stack.hpp>

#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace leasehold {

// Builds the value and refuses what Boost.JSON itself lets through (duplicate names, NUL,
// infinities). The interface is boost::json::basic_parser's handler.
class StrictHandler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit StrictHandler(std::size_t members) : members_left_(members) { stack_.reset({}); }

    boost::json::value release() { return stack_.release(); }
    const char* refusal() const { return refusal_; }

    bool on_document_begin(boost::json::error_code&) { return true; }
    bool on_document_end(boost::json::error_code&) { return true; }
    bool on_object_begin(boost::json::error_code& error) {
        names_.emplace_back();
        return count_member(error);
    }
    bool on_object_end(std::size_t count, boost::json::error_code&) {
        names_.pop_back();
        stack_.push_object(count);
        return true;
    }
    bool on_array_begin(boost::json::error_code& error) { return count_member(error); }
    bool on_array_end(std::size_t count, boost::json::error_code&) {
        stack_.push_array(count);
        return true;
    }
    bool on_key_part(boost::json::string_view part, std::size_t, boost::json::error_code& error) {
        name_.append(part);
        stack_.push_chars(part);
        return no_nul(part, error);
    }
    bool on_key(boost::json::string_view part, std::size_t, boost::json::error_code& error) {
        name_.append(part);
        stack_.push_key(part);
        if (!no_nul(part, error) || !count_member(error))
            return false;
        if (!names_.back().insert(std::exchange(name_, {})).second)
            return refuse("a name stands twice in one object", error);
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t,
                        boost::json::error_code& error) {
        stack_.push_chars(part);
        return no_nul(part, error);
    }
    bool on_string(boost::json::string_view part, std::size_t, boost::json::error_code& error) {
        stack_.push_string(part);
        return no_nul(part, error) && count_member(error);
    }
    bool on_number_part(boost::json::string_view, boost::json::error_code&) { return true; }
    bool on_int64(std::int64_t number, boost::json::string_view, boost::json::error_code& error) {
        stack_.push_int64(number);
        return count_member(error);
    }
    bool on_uint64(std::uint64_t number, boost::json::string_view, boost::json::error_code& error) {
        stack_.push_uint64(number);
        return count_member(error);
    }
    bool on_double(double number, boost::json::string_view, boost::json::error_code& error) {
        stack_.push_double(number);
        if (!std::isfinite(number))
            return refuse("a number is out of range", error);
        return count_member(error);
    }
    bool on_bool(bool truth, boost::json::error_code& error) {
        stack_.push_bool(truth);
        return count_member(error);
    }
    bool on_null(boost::json::error_code& error) {
        stack_.push_null();
        return count_member(error);
    }
    bool on_comment_part(boost::json::string_view, boost::json::error_code&) { return true; }
    bool on_comment(boost::json::string_view, boost::json::error_code&) { return true; }

private:
    bool refuse(const char* why, boost::json::error_code& error) {
        refusal_ = why;
        error = make_error_code(boost::system::errc::bad_message);
        return false;
    }
    bool no_nul(boost::json::string_view text, boost::json::error_code& error) {
        return text.find('\0') == boost::json::string_view::npos ||
               refuse("a string holds a NUL", error);
    }
    bool count_member(boost::json::error_code& error) {
        return members_left_-- != 0 || refuse("it has too many members", error);
    }

    boost::json::value_stack stack_;
    std::vector<std::set<std::string, std::less<>>> names_;
    std::string name_;
    std::size_t members_left_;
    const char* refusal_ = nullptr;
};

} // namespace leasehold
