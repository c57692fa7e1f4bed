// Edits of any kubeconfig: added, added again, removed gives the bytes back; wrapped and unwrapped
// does, too. What cannot be edited is refused and left alone.
#include "kubeconfig/document/document.hpp"
#include "tests/fuzz/fuzzed.hpp"

#include <algorithm>
#include <vector>

using namespace leasehold;
using kubeconfig::KubeconfigDocument;

namespace {

kubeconfig::Entry entry(const std::string& profile = "dev") {
    kubeconfig::Entry entry;
    entry.name = profile;
    entry.profile = profile;
    entry.server = "https://dev.example:6443";
    entry.certificate_authority_data = "TUlJ";
    entry.exec.command = "/usr/bin/leasehold";
    entry.exec.args = {"credential", "--profile", "dev"};
    return entry;
}

// Whether it has entries of ours before anything is done.
bool holds_ours(KubeconfigDocument document) {
    const auto removed = document.remove("dev");
    return removed && !removed->empty();
}

// Whether something of ours stays, since a context of others names it.
bool keeps_some(const std::vector<kubeconfig::Change>& changes) {
    return std::any_of(changes.begin(), changes.end(), [](const kubeconfig::Change& change) {
        return change.action == kubeconfig::Change::Action::kept;
    });
}

void add_and_remove(const KubeconfigDocument& original, bool force) {
    KubeconfigDocument document = original;
    const auto added = document.upsert(entry(), force);
    fuzz::require_safe(added);
    if (!added)
        return fuzz::require(document.text() == original.text(), "a refused edit changes nothing");
    const std::string once = document.text();
    const auto again = document.upsert(entry(), force);
    fuzz::require(again.has_value() && document.text() == once, "adding twice is adding once");
    const auto removed = document.remove("dev");
    fuzz::require_safe(removed);
    const bool had_ours = holds_ours(original);
    // What stood there and was no one's of ours is replaced for good where that is wished.
    const bool replaced = force && !KubeconfigDocument(original).upsert(entry(), false);
    if (removed && !keeps_some(*removed) && !had_ours && !replaced)
        fuzz::require(document.text() == original.text(), "removing gives the bytes back");
}

void point_and_remove(const KubeconfigDocument& original) {
    KubeconfigDocument document = original;
    if (!document.upsert(entry(), false) || !document.set_current_context("dev"))
        return;
    fuzz::require(document.current_context() == "dev", "current-context is what it was set to");
    const auto removed = document.remove("dev");
    fuzz::require_safe(removed);
    const bool had_ours = holds_ours(original);
    if (removed && !keeps_some(*removed) && !had_ours)
        fuzz::require(document.text() == original.text(), "and is what it was");
}

// Two at once are two one by one, coming and going, in whatever order these go.
void add_and_remove_two(const KubeconfigDocument& original, bool force) {
    KubeconfigDocument together = original;
    KubeconfigDocument serial = original;
    const auto added = together.upsert({entry("dev"), entry("ops")}, force);
    fuzz::require_safe(added);
    const bool both = serial.upsert(entry("dev"), force) && serial.upsert(entry("ops"), force);
    fuzz::require(added.has_value() == both, "two at once are refused if one of them is");
    if (!added)
        return fuzz::require(together.text() == original.text(), "a refused edit changes nothing");
    fuzz::require(together.text() == serial.text(), "adding two at once is adding one by one");
    const auto removed = together.remove(kubeconfig::ProfileNames{"dev", "ops"});
    fuzz::require_safe(removed);
    const auto first = serial.remove("dev");
    const auto second = serial.remove("ops");
    if (removed && first && second && !keeps_some(*removed) && !keeps_some(*first) &&
        !keeps_some(*second))
        fuzz::require(together.text() == serial.text(), "so is removing");
}

// All that can be wrapped, in one go.
void wrap_and_unwrap_all(const KubeconfigDocument& original,
                         const std::vector<kubeconfig::Wrapping>& wrappings) {
    KubeconfigDocument together = original;
    KubeconfigDocument serial = original;
    const auto wrapped = together.wrap(wrappings);
    fuzz::require_safe(wrapped);
    for (const kubeconfig::Wrapping& one : wrappings)
        if (!serial.wrap(one))
            return;
    fuzz::require(wrapped.has_value() && together.text() == serial.text(),
                  "wrapping all is wrapping each");
    std::vector<std::string> users;
    for (const kubeconfig::Wrapping& one : wrappings)
        users.push_back(one.user);
    fuzz::require(together.unwrap(users).has_value() && together.text() == original.text(),
                  "unwrapping all gives the bytes back");
}

void wrap_and_unwrap(const KubeconfigDocument& original) {
    std::vector<kubeconfig::Wrapping> wrappings;
    for (const kubeconfig::Listed& listed : original.entries()) {
        if (listed.section != kubeconfig::Section::users || listed.wrapped)
            continue;
        KubeconfigDocument document = original;
        const kubeconfig::Wrapping wrapping{
            .user = listed.name, .profile = "dev", .exec = entry().exec};
        const auto wrapped = document.wrap(wrapping);
        fuzz::require_safe(wrapped);
        if (!wrapped)
            continue;
        wrappings.push_back(wrapping);
        const auto unwrapped = document.unwrap(listed.name);
        fuzz::require_safe(unwrapped);
        fuzz::require(unwrapped.has_value() && document.text() == original.text(),
                      "unwrapping gives the bytes back");
    }
    wrap_and_unwrap_all(original, wrappings);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    fuzz::require_safe(kubeconfig::list_entries(text, "config"));
    const auto document = KubeconfigDocument::parse(std::string(text), "config");
    fuzz::require_safe(document);
    if (!document)
        return 0;
    fuzz::require(document->text() == text, "reading changes nothing");
    add_and_remove(*document, false);
    add_and_remove(*document, true);
    point_and_remove(*document);
    add_and_remove_two(*document, false);
    add_and_remove_two(*document, true);
    wrap_and_unwrap(*document);
    return 0;
}
