// A kubeconfig as text that is edited in place: no byte outside our own entries ever changes.
//
// Entries of ours carry a marker in `extensions`, the one kind of foreign data that `kubectl
// config` keeps. The marker also remembers what stood there before the first entry of ours
// (`list-was`, `current-was`), so that removing what was added gives the original file back.
#pragma once

#include "kubeconfig/document/entry.hpp"
#include "kubeconfig/section.hpp"
#include "src/base/error.hpp"
#include "src/base/utf16.hpp"
#include "src/base/yaml.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::kubeconfig {

// One element of the file's three lists.
struct Listed {
    Section section = Section::clusters;
    std::string name;
    std::optional<std::string> profile; // set: the entry is ours and belongs to this profile
    std::string cluster = {};           // of contexts: what they refer to
    std::string user = {};
    std::string namespace_ = {};
    std::string command = {}; // of users: what their exec plugin is
    std::string api_version = {};
    bool says_interactive_mode = false;
    std::string position = {};               // FILE:LINE:COLUMN
    std::optional<std::string> wrapped = {}; // of users: the profile in front of their plugin
};

// leasehold in the place of a user's own exec plugin.
struct Wrapping {
    std::string user;
    std::string profile;
    ExecCommand exec;
    bool asks = false; // the plugin behind it may ask a person
};

// What a kubeconfig holds, for those who only look.
struct Listing {
    std::vector<Listed> entries;
    std::string current_context;
};

// Reads the bytes of a kubeconfig as kubectl does, whether it could be edited or not.
[[nodiscard]] Result<Listing> list_entries(std::string_view bytes, std::string name);

struct Change {
    enum class Action { added, replaced, removed, kept, renamed };
    Action action = Action::added;
    std::string what; // "cluster", "user", "context" or "current-context"
    std::string name;
    std::string note = {}; // why it was kept, what current-context became, or the new name

    friend bool operator==(const Change&, const Change&) = default;
};

// Whose entries an edit is about.
using ProfileNames = std::set<std::string, std::less<>>;

struct Edit;

// Every editing function either changes the text as asked, after the result was parsed again and
// compared node by node, or leaves it alone and returns an Error (ErrorCode::configuration) that
// names the position. No change is an empty list, and then the text is the same byte for byte.
class KubeconfigDocument {
public:
    // Takes the content of a kubeconfig; `name` is for messages. Refused is what kubectl would
    // refuse or what cannot be edited safely: no YAML, another kind of file, several documents,
    // doubled keys or entry names, odd line breaks, lists that are no lists. An empty text is an
    // empty kubeconfig; UTF-16 stays UTF-16.
    [[nodiscard]] static Result<KubeconfigDocument> parse(std::string text, std::string name);

    [[nodiscard]] const std::string& text() const {
        return encoding_ == TextEncoding::utf8 ? text_ : bytes_;
    }
    [[nodiscard]] std::vector<Listed> entries() const;
    [[nodiscard]] std::string current_context() const;

    // Adds the entries' clusters, users and contexts, or replaces those of ours that differ.
    // Entries of the same name that are not ours, or another profile's, are an error unless
    // `force`; then a context that stood there stays under another name, until ours is removed.
    // The text is parsed a few times, however many entries there are.
    [[nodiscard]] Result<std::vector<Change>> upsert(const std::vector<Entry>& entries, bool force);
    [[nodiscard]] Result<std::vector<Change>> upsert(const Entry& entry, bool force) {
        return upsert(std::vector{entry}, force);
    }

    // Removes all that carries these profiles' markers. A cluster or user that another context
    // still refers to is kept. A current-context that pointed to a removed one becomes what it was
    // before set_current_context(), or "".
    [[nodiscard]] Result<std::vector<Change>> remove(const ProfileNames& profiles);
    [[nodiscard]] Result<std::vector<Change>> remove(std::string_view profile) {
        return remove(ProfileNames{std::string(profile)});
    }

    // Puts leasehold in front of users' exec plugins, and takes it out again: then the bytes that
    // stood there stand there again (kubeconfig/document/wrap.hpp).
    [[nodiscard]] Result<std::vector<Change>> wrap(const std::vector<Wrapping>& wrappings);
    [[nodiscard]] Result<std::vector<Change>> wrap(const Wrapping& wrapping) {
        return wrap(std::vector{wrapping});
    }
    [[nodiscard]] Result<std::vector<Change>> unwrap(const std::vector<std::string>& users);
    [[nodiscard]] Result<std::vector<Change>> unwrap(std::string_view user) {
        return unwrap(std::vector{std::string(user)});
    }

    // Makes a context of this file the current one.
    [[nodiscard]] Result<std::vector<Change>> set_current_context(std::string_view context);

private:
    [[nodiscard]] Result<std::vector<Change>> finish(Edit edit);

    KubeconfigDocument(std::string text, std::string name, YamlNode root, TextEncoding encoding)
        : text_(std::move(text)), name_(std::move(name)), root_(std::move(root)),
          encoding_(encoding), bytes_(encoded()) {}

    // text_ as it is in the file, where that is not UTF-8.
    [[nodiscard]] std::string encoded() const {
        return encoding_ == TextEncoding::utf8 ? std::string() : from_utf8(text_, encoding_);
    }

    std::string text_; // UTF-8
    std::string name_;
    YamlNode root_;
    TextEncoding encoding_;
    std::string bytes_;
};

} // namespace leasehold::kubeconfig
