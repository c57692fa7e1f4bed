// A kubeconfig in the middle of being edited: text and tree, always in step. Each call cuts the
// text and parses it again: once or twice, however many elements it is about.
#pragma once

#include "kubeconfig/draft/marker.hpp"
#include "kubeconfig/draft/value.hpp"
#include "kubeconfig/section.hpp"
#include "src/base/error.hpp"
#include "src/base/yaml.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::kubeconfig {

// One element of a list, inside the draft's tree: valid until the next edit.
struct Item {
    std::size_t index = 0;
    std::string_view name;
    const YamlNode* node = nullptr;
    const YamlNode* body = nullptr; // under `cluster`, `user` or `context`; may be null
    std::optional<Marker> marker;   // set if it is ours
};

class Draft {
public:
    // Parses and checks that the file has the shape of a kubeconfig.
    [[nodiscard]] static Result<Draft> read(std::string text, std::string name);
    // Trusts that the parts belong together.
    Draft(std::string text, std::string name, YamlNode root);

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] const YamlNode& root() const { return root_; }
    [[nodiscard]] std::string take_text() && { return std::move(text_); }
    [[nodiscard]] YamlNode take_root() && { return std::move(root_); }

    // True if there is no key at all.
    [[nodiscard]] bool is_empty() const { return root_.members.empty(); }
    [[nodiscard]] std::vector<Item> items(Section section) const;
    [[nodiscard]] std::optional<Item> find(Section section, std::string_view name) const;

    // apiVersion and kind, for a file that has no key.
    [[nodiscard]] Result<void> add_header();
    // Takes them away again if nothing else is left.
    [[nodiscard]] Result<void> remove_header();

    // What `list-was` is to remember about a list in which nothing is ours yet.
    [[nodiscard]] std::optional<std::string> list_form(Section section) const;
    // Adds elements at the end of a list.
    [[nodiscard]] Result<void> insert_items(Section section, const std::vector<Value>& items);
    // Puts others in the place of elements, by their indices.
    [[nodiscard]] Result<void> replace_items(Section section,
                                             const std::map<std::size_t, Value>& items);
    // Removes elements; if none is left, the list gets the form `list_was` again.
    [[nodiscard]] Result<void> remove_items(Section section, const std::set<std::size_t>& indices,
                                            const std::optional<std::string>& list_was);

    // Makes an element's name longer at its end, or shorter by an end that it has, in the style in
    // which it is written.
    [[nodiscard]] Result<void> lengthen_name(Section section, std::size_t index,
                                             std::string_view end);
    [[nodiscard]] Result<void> shorten_name(Section section, std::size_t index,
                                            std::string_view end);

    // The bytes behind the colon of current-context (in JSON: of its value); empty if there is no
    // such key.
    [[nodiscard]] Result<std::optional<std::string>> current_context_bytes() const;
    [[nodiscard]] Result<void> set_current_context(std::string_view context);
    // Puts bytes that current_context_bytes() gave back; without any, removes the key.
    [[nodiscard]] Result<void> restore_current_context(const std::optional<std::string>& bytes);

    // Writes `current-was` or `moved-to` into the marker of one of our contexts.
    [[nodiscard]] Result<void> remember(std::size_t context, std::string_view key,
                                        std::string_view was);

    // Puts `replacement` in the place of bytes of the text.
    [[nodiscard]] Result<void> splice(std::size_t begin, std::size_t end,
                                      std::string_view replacement);

    // The same with several parts of the text, which do not overlap.
    struct Cut {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::string replacement;
    };
    [[nodiscard]] Result<void> splice(std::vector<Cut> cuts);

    [[nodiscard]] Error refuse(const YamlMark& at, std::string_view what) const;

private:
    enum class Form { missing, placeholder, flow, block };
    using Member = YamlNode::Member;

    [[nodiscard]] Result<void> check_shape() const;
    [[nodiscard]] Result<void> check_merged(std::string_view key) const;
    [[nodiscard]] Result<void> check_list(Section section) const;
    [[nodiscard]] Result<void> check_editable(Section section) const;

    [[nodiscard]] const Member* member(std::string_view key) const;
    [[nodiscard]] Form form_of(Section section) const;
    [[nodiscard]] std::string placeholder_bytes(const Member& member) const;
    [[nodiscard]] std::size_t value_start(const Member& member) const;
    [[nodiscard]] std::size_t document_end() const;
    [[nodiscard]] std::string root_prefix() const;
    [[nodiscard]] std::string list_prefix() const;
    [[nodiscard]] FlowStyle flow_style(const YamlNode& like) const;
    [[nodiscard]] std::string flow_separator(const YamlNode& last) const;

    [[nodiscard]] Result<void> insert_lines(std::size_t at, std::string lines);
    [[nodiscard]] Cut lines_between(std::size_t begin, std::size_t end) const;
    [[nodiscard]] Result<void> erase_lines(std::size_t begin, std::size_t end);
    [[nodiscard]] Result<void> add_member(std::string_view key, const Value& value);
    [[nodiscard]] Result<void> remove_member(std::string_view key);
    [[nodiscard]] Result<void> replace_bytes(const Member& member, std::string_view bytes);

    [[nodiscard]] Item item_at(Section section, const YamlNode& list, std::size_t index) const;
    [[nodiscard]] Result<void> insert_first(Section section, const Value& item);
    [[nodiscard]] Cut replacement_of(const YamlNode& list, std::size_t index,
                                     const Value& item) const;
    [[nodiscard]] Result<std::size_t> end_of_name(Section section, std::size_t index) const;
    [[nodiscard]] Result<void> fill_placeholder(const Member& member, const Value& item);
    [[nodiscard]] Result<void> insert_flow_item(const YamlNode& list, const Value& item);
    [[nodiscard]] Result<std::vector<Cut>> flow_cuts(const YamlNode& list,
                                                     const std::set<std::size_t>& indices) const;
    [[nodiscard]] std::vector<Cut> line_cuts(const YamlNode& list,
                                             const std::set<std::size_t>& indices) const;
    [[nodiscard]] Result<void> restore_list(Section section, const std::string& list_was);

    std::string text_;
    std::string name_;
    YamlNode root_;
    std::string eol_;
};

} // namespace leasehold::kubeconfig
