#include "src/base/yaml.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"

#include <yaml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace leasehold {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view binary_tag = "tag:yaml.org,2002:binary";

// libyaml counts characters; we cut bytes. Texts without a byte above 0x7f need no table.
class ByteOffsets {
public:
    explicit ByteOffsets(std::string_view text) : size_(text.size()) {
        const auto high = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
        if (std::none_of(text.begin(), text.end(), high))
            return;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if ((static_cast<unsigned char>(text[i]) & 0xc0u) != 0x80u)
                starts_.push_back(static_cast<std::uint32_t>(i));
        }
    }

    std::size_t of(std::size_t character) const {
        if (starts_.empty())
            return std::min(character, size_);
        return character < starts_.size() ? starts_[character] : size_;
    }

private:
    std::size_t size_;
    std::vector<std::uint32_t> starts_;
};

class Event {
public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { yaml_event_delete(&event_); }

    yaml_event_t* get() { return &event_; }
    const yaml_event_t* operator->() const { return &event_; }

private:
    yaml_event_t event_{};
};

std::string text_of(const yaml_char_t* text) {
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

YamlMark mark_of_offset(std::string_view text, std::size_t offset) {
    YamlMark mark;
    mark.offset = std::min(offset, text.size());
    for (const char c : text.substr(0, mark.offset)) {
        mark.column += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u ? 1 : 0;
        if (c == '\n') {
            ++mark.line;
            mark.column = 1;
        }
    }
    return mark;
}

class Builder {
public:
    Builder(std::string_view text, std::string_view name, const YamlOptions& options)
        : skipped_(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0),
          text_(text.substr(skipped_)), name_(name), options_(options), offsets_(text_) {
        ready_ = yaml_parser_initialize(&parser_) != 0;
        if (!ready_)
            return;
        // A byte order mark is skipped by us: libyaml counts it as a column, which breaks block
        // mappings. The encoding is said aloud, so that no such mark makes it UTF-16.
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()),
                                     text_.size());
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    }
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;
    ~Builder() {
        if (ready_)
            yaml_parser_delete(&parser_);
    }

    Result<YamlNode> document() {
        if (!ready_)
            return make_error(ErrorCode::internal, "the YAML parser could not be set up");
        YamlNode root;
        root.plain = true;
        bool seen = false;
        while (true) {
            Event event;
            LEASEHOLD_TRY(next(event));
            if (event->type == YAML_STREAM_END_EVENT)
                return root;
            if (event->type != YAML_DOCUMENT_START_EVENT)
                continue;
            Event first;
            LEASEHOLD_TRY(next(first));
            LEASEHOLD_TRY_ASSIGN(YamlNode read, node(first, 1));
            if (!std::exchange(seen, true))
                root = std::move(read);
            else if (!read.is_null())
                return error(mark(event->start_mark), "a second document starts here");
            if (options_.documents == YamlDocuments::first)
                return root;
            anchors_.clear();
        }
    }

private:
    struct Anchored {
        YamlNode node;
        std::size_t nodes = 0;
        std::size_t bytes = 0;
    };

    YamlMark mark(const yaml_mark_t& at) const {
        return {skipped_ + offsets_.of(at.index), at.line + 1, at.column + 1};
    }

    Error error(const YamlMark& at, const std::string& what) const {
        return make_error(ErrorCode::configuration, yaml_position(name_, at) + ": " + what);
    }

    Error parser_error() const {
        const std::string problem = parser_.problem == nullptr ? "not YAML" : parser_.problem;
        if (parser_.error == YAML_MEMORY_ERROR)
            return make_error(ErrorCode::internal, "out of memory while reading YAML");
        if (parser_.error == YAML_READER_ERROR)
            return error(mark_of_offset(text_, parser_.problem_offset), problem);
        const std::string context =
            parser_.context == nullptr ? "" : ", " + std::string(parser_.context);
        return error(mark(parser_.problem_mark), problem + context);
    }

    Result<void> next(Event& event) {
        if (yaml_parser_parse(&parser_, event.get()) == 0)
            return parser_error();
        return {};
    }

    Result<YamlNode> node(const Event& event, std::size_t depth) {
        const YamlMark at = mark(event->start_mark);
        if (depth > options_.depth)
            return error(at, "nested deeper than " + std::to_string(options_.depth) + " levels");
        if (++nodes_ > options_.nodes + text_.size() / 4)
            return error(at, "too many nodes");
        if (event->type == YAML_ALIAS_EVENT)
            return alias(event);
        const std::size_t nodes_before = nodes_ + copied_nodes_;
        const std::size_t bytes_before = copied_bytes_;
        LEASEHOLD_TRY_ASSIGN(YamlNode made, content(event, depth));
        if (made.anchor.empty())
            return made;
        if (!options_.aliases)
            return error(made.start, "anchors are not allowed here");
        const std::size_t nodes = nodes_ + copied_nodes_ - nodes_before + 1;
        // The bytes of a subtree are at most those of its text and of what its aliases stand for.
        const std::size_t bytes =
            made.end.offset - made.start.offset + copied_bytes_ - bytes_before;
        LEASEHOLD_TRY(count_copy(nodes, bytes, at));
        anchors_[made.anchor] = {made, nodes, bytes};
        return made;
    }

    Result<YamlNode> content(const Event& event, std::size_t depth) {
        switch (event->type) {
        case YAML_SCALAR_EVENT:
            return scalar(event);
        case YAML_SEQUENCE_START_EVENT:
            return sequence(event, depth);
        case YAML_MAPPING_START_EVENT:
            return mapping(event, depth);
        case YAML_NO_EVENT:
        case YAML_STREAM_START_EVENT:
        case YAML_STREAM_END_EVENT:
        case YAML_DOCUMENT_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
        case YAML_ALIAS_EVENT:
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            break;
        }
        return make_error(ErrorCode::internal, "the YAML parser gave an unexpected event");
    }

    YamlNode started(const Event& event, YamlNode::Kind kind, const yaml_char_t* anchor,
                     const yaml_char_t* tag) const {
        YamlNode made;
        made.kind = kind;
        made.anchor = text_of(anchor);
        made.tag = text_of(tag);
        made.start = mark(event->start_mark);
        made.end = mark(event->end_mark);
        return made;
    }

    Result<YamlNode> scalar(const Event& event) const {
        const auto& data = event->data.scalar;
        YamlNode made = started(event, YamlNode::Kind::scalar, data.anchor, data.tag);
        made.scalar.assign(reinterpret_cast<const char*>(data.value), data.length);
        made.plain = data.style == YAML_PLAIN_SCALAR_STYLE;
        if (made.tag != binary_tag)
            return made;
        auto bytes = base64_decode(made.scalar);
        if (!bytes)
            return error(made.start, "what is tagged !!binary is not base64");
        made.scalar = *std::move(bytes);
        return made;
    }

    Result<YamlNode> sequence(const Event& start, std::size_t depth) {
        const auto& data = start->data.sequence_start;
        YamlNode made = started(start, YamlNode::Kind::sequence, data.anchor, data.tag);
        made.flow = data.style == YAML_FLOW_SEQUENCE_STYLE;
        while (true) {
            Event event;
            LEASEHOLD_TRY(next(event));
            if (event->type == YAML_SEQUENCE_END_EVENT) {
                made.end = mark(event->end_mark);
                return made;
            }
            LEASEHOLD_TRY_ASSIGN(YamlNode item, node(event, depth + 1));
            made.items.push_back(std::move(item));
        }
    }

    Result<YamlNode> mapping(const Event& start, std::size_t depth) {
        const auto& data = start->data.mapping_start;
        YamlNode made = started(start, YamlNode::Kind::mapping, data.anchor, data.tag);
        made.flow = data.style == YAML_FLOW_MAPPING_STYLE;
        std::set<std::string, std::less<>> keys;
        while (true) {
            Event event;
            LEASEHOLD_TRY(next(event));
            if (event->type == YAML_MAPPING_END_EVENT) {
                made.end = mark(event->end_mark);
                return made;
            }
            LEASEHOLD_TRY_ASSIGN(YamlNode key, node(event, depth + 1));
            LEASEHOLD_TRY(check_key(key, keys));
            Event value_event;
            LEASEHOLD_TRY(next(value_event));
            LEASEHOLD_TRY_ASSIGN(YamlNode value, node(value_event, depth + 1));
            made.members.push_back({std::move(key), std::move(value)});
        }
    }

    Result<void> check_key(const YamlNode& key, std::set<std::string, std::less<>>& seen) const {
        if (!key.is_scalar())
            return error(key.start, "a key must be a scalar");
        const bool fresh = seen.insert(key.scalar).second;
        if (!fresh && options_.duplicates == YamlDuplicates::refuse)
            return error(key.start, "the key " + quoted(key.scalar, 64) + " stands twice");
        return {};
    }

    Result<YamlNode> alias(const Event& event) {
        const YamlMark at = mark(event->start_mark);
        const std::string name = text_of(event->data.alias.anchor);
        if (!options_.aliases)
            return error(at, "aliases are not allowed here");
        // An anchor is known once its node is complete: one inside itself never is.
        const auto found = anchors_.find(name);
        if (found == anchors_.end())
            return error(at, "the alias " + quoted(name, 64) + " names no complete node before it");
        LEASEHOLD_TRY(count_copy(found->second.nodes, found->second.bytes, at));
        YamlNode made = found->second.node;
        made.alias = true;
        made.anchor.clear();
        made.start = at;
        made.end = mark(event->end_mark);
        return made;
    }

    // An anchored node is copied for its aliases, whether there are any or not.
    Result<void> count_copy(std::size_t nodes, std::size_t bytes, const YamlMark& at) {
        copied_nodes_ += nodes;
        copied_bytes_ += bytes;
        if (copied_nodes_ > options_.nodes + text_.size() / 8 ||
            copied_bytes_ > options_.copied + text_.size())
            return error(at, "too many nodes, aliases counted as what they stand for");
        return {};
    }

    std::size_t skipped_;
    std::string_view text_;
    std::string_view name_;
    const YamlOptions& options_;
    ByteOffsets offsets_;
    yaml_parser_t parser_{};
    bool ready_ = false;
    std::size_t nodes_ = 0;
    std::size_t copied_nodes_ = 0;
    std::size_t copied_bytes_ = 0;
    std::map<std::string, Anchored, std::less<>> anchors_;
};

} // namespace

Result<YamlNode> parse_yaml(std::string_view text, std::string_view name,
                            const YamlOptions& options) {
    if (text.size() > options.limit)
        return make_error(ErrorCode::configuration, yaml_position(name, {}) +
                                                        ": the text is longer than " +
                                                        std::to_string(options.limit) + " bytes");
    return Builder(text, name, options).document();
}

std::string yaml_position(std::string_view name, const YamlMark& mark) {
    return hostile_text(name, 1024) + ':' + std::to_string(mark.line) + ':' +
           std::to_string(mark.column);
}

} // namespace leasehold
