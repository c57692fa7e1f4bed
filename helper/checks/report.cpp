#include "helper/checks/report.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

std::string indented(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        out += "            " + std::string(line) + '\n';
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return out;
}

} // namespace

void print_steps(Process& process, const std::vector<CheckStep>& steps, OutputFormat format) {
    boost::json::array list;
    std::string text;
    for (const CheckStep& step : steps) {
        std::string state(to_text(step.state));
        text += state + std::string(10 - std::min<std::size_t>(state.size(), 9), ' ') + step.name +
                ": " + step.finding + '\n' + indented(step.hint);
        list.push_back(boost::json::object{{"check", step.name},
                                           {"state", state},
                                           {"finding", step.finding},
                                           {"hint", step.hint}});
    }
    if (format == OutputFormat::table)
        process.print(text);
    else
        process.print(format == OutputFormat::json ? to_json(list) : to_yaml(list));
}

int exit_code(const std::vector<CheckStep>& steps) {
    const auto failed = std::find_if(steps.begin(), steps.end(), [](const CheckStep& step) {
        return step.state == CheckStep::State::failed;
    });
    return failed == steps.end() ? 0 : static_cast<int>(failed->code);
}

} // namespace leasehold::helper
