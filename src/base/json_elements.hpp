// Reads a long JSON document piece by piece: the elements of one array of it, each by itself, so
// that memory does not grow with their number.
#pragma once

#include "src/base/json.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace leasehold {

struct ElementLimits {
    std::size_t bytes = 64 << 20;         // of the whole document
    std::size_t element_bytes = 64 << 10; // of the names and texts of one element
    std::size_t element_members = 1024;   // as JsonLimits::members
    std::size_t depth = 32;
};

class JsonElements {
public:
    // Of the array `member` of the document, which is an object. As strict as parse_json(); an
    // Error of `visit` ends the reading.
    JsonElements(std::string_view member,
                 std::function<Result<void>(const boost::json::value&)> visit,
                 const ElementLimits& limits = {});
    ~JsonElements();
    JsonElements(const JsonElements&) = delete;
    JsonElements& operator=(const JsonElements&) = delete;

    // After an error nothing is looked at any more.
    void take(std::string_view piece);
    // The first error, with ErrorCode::bad_answer unless it is that of `visit`. A document without
    // that array is one.
    [[nodiscard]] Result<void> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace leasehold
