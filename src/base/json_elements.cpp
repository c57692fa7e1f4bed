#include "src/base/json_elements.hpp"

#include "src/base/strict_json_handler.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <optional>
#include <set>

namespace leasehold {
namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;
using Visit = std::function<Result<void>(const json::value&)>;

// Hands what is inside of an element to a StrictHandler of its own, and leaves out all else.
class ElementsHandler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    ElementsHandler(std::string_view member, Visit visit, const ElementLimits& limits)
        : member_(member), visit_(std::move(visit)), limits_(limits) {}

    bool found() const { return found_; }
    const std::string& refusal() const { return refusal_; }
    std::optional<Error> take_trouble() { return std::move(trouble_); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& error) {
        return enter(error, [&](StrictHandler& inner) { return inner.on_object_begin(error); });
    }
    bool on_object_end(std::size_t count, error_code& error) {
        return leave(error,
                     [&](StrictHandler& inner) { return inner.on_object_end(count, error); });
    }
    bool on_array_begin(error_code& error) {
        if (depth_ == 1 && name_ == member_)
            found_ = listing_ = true;
        return enter(error, [&](StrictHandler& inner) { return inner.on_array_begin(error); });
    }
    bool on_array_end(std::size_t count, error_code& error) {
        if (depth_ == 2)
            listing_ = false;
        return leave(error, [&](StrictHandler& inner) { return inner.on_array_end(count, error); });
    }
    bool on_key_part(string_view part, std::size_t size, error_code& error) {
        if (inner_)
            return fits(part, error) && inner_->on_key_part(part, size, error);
        next_name_.append(part);
        return fits(part, error);
    }
    bool on_key(string_view part, std::size_t size, error_code& error) {
        if (inner_)
            return fits(part, error) && inner_->on_key(part, size, error);
        next_name_.append(part);
        name_ = std::exchange(next_name_, {});
        outer_bytes_ = 0;
        return depth_ != 1 || names_.insert(name_).second ||
               refuse("a name stands twice in one object", error);
    }
    // An element that is a string may come in parts, too.
    bool on_string_part(string_view part, std::size_t size, error_code& error) {
        if (!inner_ && in_list())
            begin_element();
        return fits(part, error) && (!inner_ || inside(error, [&](StrictHandler& inner) {
                   return inner.on_string_part(part, size, error);
               }));
    }
    bool on_string(string_view part, std::size_t size, error_code& error) {
        return fits(part, error) && scalar(error, [&](StrictHandler& inner) {
                   return inner.on_string(part, size, error);
               });
    }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, string_view text, error_code& error) {
        return scalar(error,
                      [&](StrictHandler& inner) { return inner.on_int64(number, text, error); });
    }
    bool on_uint64(std::uint64_t number, string_view text, error_code& error) {
        return scalar(error,
                      [&](StrictHandler& inner) { return inner.on_uint64(number, text, error); });
    }
    bool on_double(double number, string_view text, error_code& error) {
        return scalar(error,
                      [&](StrictHandler& inner) { return inner.on_double(number, text, error); });
    }
    bool on_bool(bool truth, error_code& error) {
        return scalar(error, [&](StrictHandler& inner) { return inner.on_bool(truth, error); });
    }
    bool on_null(error_code& error) {
        return scalar(error, [&](StrictHandler& inner) { return inner.on_null(error); });
    }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

private:
    bool refuse(std::string why, error_code& error) {
        refusal_ = std::move(why);
        error = make_error_code(boost::system::errc::bad_message);
        return false;
    }

    void begin_element() {
        inner_.emplace(limits_.element_members);
        outer_bytes_ = 0;
    }

    bool end_element(error_code& error) {
        const json::value element = inner_->release();
        inner_.reset();
        auto visited = visit_(element);
        if (visited)
            return true;
        trouble_ = std::move(visited).error();
        return refuse("an element is not as it should be", error);
    }

    // What the handler of the element says; its words become ours.
    template <class Event>
    bool inside(error_code& error, Event event) {
        return event(*inner_) ||
               refuse(inner_->refusal() == nullptr ? "it is not valid" : inner_->refusal(), error);
    }

    template <class Event>
    bool enter(error_code& error, Event event) {
        if (!inner_ && in_list())
            begin_element();
        ++depth_;
        return !inner_ || inside(error, event);
    }

    template <class Event>
    bool leave(error_code& error, Event event) {
        --depth_;
        return !inner_ || (inside(error, event) && (depth_ != 2 || end_element(error)));
    }

    template <class Event>
    bool scalar(error_code& error, Event event) {
        if (!inner_ && !in_list())
            return true;
        if (!inner_)
            begin_element();
        return inside(error, event) && (depth_ != 2 || end_element(error));
    }

    // Directly, and not in one of its elements.
    bool in_list() const { return listing_ && depth_ == 2; }

    bool fits(string_view part, error_code& error) {
        outer_bytes_ += part.size();
        return outer_bytes_ <= limits_.element_bytes || refuse("an element is too long", error);
    }

    std::string member_;
    Visit visit_;
    const ElementLimits limits_;
    std::size_t depth_ = 0;
    bool listing_ = false; // inside of the array, though perhaps not in an element
    bool found_ = false;
    std::string name_; // of the member of the document that we are in
    std::string next_name_;
    std::set<std::string, std::less<>> names_;
    std::size_t outer_bytes_ = 0; // since the last element, or name, began
    std::optional<StrictHandler> inner_;
    std::string refusal_;
    std::optional<Error> trouble_;
};

json::parse_options options_of(const ElementLimits& limits) {
    json::parse_options options;
    options.max_depth = limits.depth;
    return options;
}

} // namespace

struct JsonElements::State {
    State(std::string_view member, Visit visit, const ElementLimits& given)
        : limits(given), parser(options_of(given), member, std::move(visit), given) {}

    ElementLimits limits;
    json::basic_parser<ElementsHandler> parser;
    std::size_t bytes = 0;
    std::string wrong; // "": nothing so far
};

JsonElements::JsonElements(std::string_view member, Visit visit, const ElementLimits& limits)
    : state_(std::make_unique<State>(member, std::move(visit), limits)) {}

JsonElements::~JsonElements() = default;

void JsonElements::take(std::string_view piece) {
    State& state = *state_;
    state.bytes += piece.size();
    if (!state.wrong.empty())
        return;
    if (state.bytes > state.limits.bytes) {
        state.wrong = "it is longer than " + std::to_string(state.limits.bytes) + " bytes";
        return;
    }
    error_code error;
    const std::size_t used = state.parser.write_some(true, piece.data(), piece.size(), error);
    if (error && error != json::error::incomplete)
        state.wrong = state.parser.handler().refusal().empty() ? error.message()
                                                               : state.parser.handler().refusal();
    else if (used != piece.size())
        state.wrong = "it does not end where it should";
}

Result<void> JsonElements::finish() {
    State& state = *state_;
    if (auto trouble = state.parser.handler().take_trouble())
        return *std::move(trouble);
    error_code error;
    if (state.wrong.empty() && !state.parser.done())
        (void)state.parser.write_some(false, nullptr, 0, error);
    if (state.wrong.empty() && error)
        state.wrong = error.message();
    if (state.wrong.empty() && !state.parser.done())
        state.wrong = "it does not end where it should";
    if (state.wrong.empty() && !state.parser.handler().found())
        state.wrong = "it holds no list";
    if (!state.wrong.empty())
        return make_error(ErrorCode::bad_answer, "not acceptable as JSON: " + state.wrong);
    return {};
}

} // namespace leasehold
