// The body of an answer while it is read: into memory, or, of a 200, piece by piece to whoever
// wants it so.
#pragma once

#include "src/http/client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace leasehold::http {

// As much is kept in memory of any answer.
inline constexpr std::size_t largest_body = 1 << 20;
// As much is read of one that goes elsewhere.
inline constexpr std::size_t largest_stream = 64 << 20;

// A Body of Boost.Beast.
struct AnswerBody {
    struct value_type {
        BodySink* sink = nullptr; // null: all is kept
        std::string text = {};
    };

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(boost::beast::http::header<is_request, Fields>& header, value_type& value)
            : status_([&header] { return header.result_int(); }), value_(value) {}

        void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) {
            error = {};
            streams_ = value_.sink != nullptr && status_() == 200;
        }

        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
            error = {};
            std::size_t taken = 0;
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                const std::string_view piece(static_cast<const char*>(buffer.data()),
                                             buffer.size());
                taken += piece.size();
                if (streams_)
                    value_.sink->take(piece);
                else if (value_.text.size() + piece.size() > largest_body)
                    error = boost::beast::http::error::body_limit;
                else
                    value_.text.append(piece);
            }
            return taken;
        }

        void finish(boost::system::error_code& error) { error = {}; }

    private:
        std::function<unsigned()> status_; // once the header was read
        value_type& value_;
        bool streams_ = false;
    };
};

} // namespace leasehold::http
