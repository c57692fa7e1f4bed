#include "helper/providers/stub/side.hpp"

#include "helper/process/edges.hpp"
#include "helper/setting_flags/field_flags.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/files.hpp"

#include <filesystem>
#include <fstream>

namespace leasehold::helper {

Result<std::string> stub_section(const DraftingInput& input) {
    if (input.options.has("namespace"))
        return input.options.usage_error("--namespace means nothing to a desk");
    YamlLines yaml;
    yaml.section(0, "stub");
    LEASEHOLD_TRY(write_fields(yaml, 2, lease::stub::setting_groups().front(),
                               {input.process, input.options}));
    return yaml.take();
}

lease::stub::Outside StubSide::outside() const {
    return {parts_.process.clock, parts_.stored_secret};
}

std::unique_ptr<lease::LeaseProvider> StubSide::provider() {
    return lease::stub::make_provider(settings_, outside());
}

std::unique_ptr<lease::LeaseBook> StubSide::book(lease::BookScope) {
    return lease::stub::make_book(settings_);
}

std::vector<CheckStep> StubSide::check(Deadline) {
    if (auto asked = lease::stub::ask_desk(settings_, outside()); !asked)
        return {failed_step("desk", asked.error())};
    return {ok_step("desk", "open")};
}

std::vector<std::string> StubSide::choices(std::string_view flag, Deadline) {
    std::vector<std::string> tickets;
    std::error_code none;
    if (flag == "ticket")
        for (const auto& file :
             std::filesystem::directory_iterator(settings_.desk + "/tickets", none))
            tickets.push_back(file.path().filename());
    return tickets;
}

void StubSide::forget_login() {
    note("login");
}

void StubSide::end_session(Deadline, bool) {
    note("logout");
}

void StubSide::note(std::string_view line) const {
    std::ofstream(settings_.desk + "/notes", std::ios::app) << line << '\n';
}

} // namespace leasehold::helper
