// What fuzz targets are made of: inputs of several parts, and what must hold whatever comes in.
#pragma once

#include "src/base/error.hpp"
#include "src/http/client.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::fuzz {

// Ends the process, as a sanitizer does, if `holds` is false: the input is then kept as a crasher.
void require(bool holds, std::string_view what);

// No message or hint may do anything to a terminal, whoever wrote what it quotes.
void require_safe(const Error& error);

// The same of a Result, if it is an error.
template <class T>
void require_safe(const Result<T>& result) {
    if (!result)
        require_safe(result.error());
}

// An input as text.
[[nodiscard]] std::string_view text_of(const std::uint8_t* data, std::size_t size);

// The parts of an input, which lines of "%%" divide, so that a corpus can be read and written by
// hand. Always `count`: the last has the rest, and those that are not there are "".
[[nodiscard]] std::vector<std::string_view> parts_of(std::string_view input, std::size_t count);

// A number in decimal at the front of `text`; 0 if there is none or it does not fit.
[[nodiscard]] std::int64_t number_of(std::string_view text);

// "STATUS", lines of "Name: value", an empty line, the body: as a server's answer, without a
// server. What is no such line is passed over.
[[nodiscard]] http::Response response_of(std::string_view text);

} // namespace leasehold::fuzz
