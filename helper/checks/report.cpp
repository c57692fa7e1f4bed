#include "helper/checks/report.hpp"

#include "src/base/hostile_text.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

using State = CheckStep::State;

std::string indented(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        out += "            " + std::string(line) + '\n';
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return out;
}

bool wants_colour(const Process& process) {
    return terminal_width() != 0 && process.environment.value("NO_COLOR").empty() &&
           process.environment.value("TERM") != "dumb";
}

std::string state_text(State state, bool colour) {
    const std::string text(to_text(state));
    const std::string padding(10 - std::min<std::size_t>(text.size(), 9), ' ');
    const char* const number = state == State::ok ? "32" : state == State::warning ? "33" : "31";
    return colour ? "\x1b[" + std::string(number) + 'm' + text + "\x1b[0m" + padding
                  : text + padding;
}

std::string counted(const std::vector<CheckStep>& steps) {
    const auto count = [&](State state) {
        return std::to_string(std::count_if(steps.begin(), steps.end(), [&](const CheckStep& step) {
            return step.state == state;
        }));
    };
    return count(State::ok) + " ok, " + count(State::warning) + " to look at, " +
           count(State::failed) + " failed\n";
}

} // namespace

void Report::add(const std::vector<CheckStep>& steps, const std::string& prefix) {
    for (CheckStep step : steps) {
        step.name = prefix + step.name;
        if (format_ == OutputFormat::table)
            process_.print_bytes(
                state_text(step.state, wants_colour(process_)) +
                visible_text(step.name + ": " + step.finding + '\n' + indented(step.hint)));
        steps_.push_back(std::move(step));
    }
}

int Report::finish() {
    boost::json::array list;
    for (const CheckStep& step : steps_)
        list.push_back(boost::json::object{{"check", step.name},
                                           {"state", to_text(step.state)},
                                           {"finding", step.finding},
                                           {"hint", step.hint}});
    if (format_ == OutputFormat::table)
        process_.print(counted(steps_));
    else
        process_.print(format_ == OutputFormat::json ? to_json(list) : to_yaml(list));
    const auto failed = std::find_if(steps_.begin(), steps_.end(), [](const CheckStep& step) {
        return step.state == State::failed;
    });
    return failed == steps_.end() ? 0 : static_cast<int>(failed->code);
}

} // namespace leasehold::helper
