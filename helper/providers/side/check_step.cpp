#include "helper/providers/side/check_step.hpp"

namespace leasehold::helper {

std::string_view to_text(CheckStep::State state) {
    switch (state) {
    case CheckStep::State::ok:
        return "ok";
    case CheckStep::State::warning:
        return "warning";
    case CheckStep::State::failed:
        return "failed";
    }
    return "unknown";
}

CheckStep ok_step(std::string name, std::string finding) {
    return {std::move(name), CheckStep::State::ok, std::move(finding), "", ErrorCode::internal};
}

CheckStep warning_step(std::string name, std::string finding, std::string hint) {
    return {std::move(name), CheckStep::State::warning, std::move(finding), std::move(hint),
            ErrorCode::configuration};
}

CheckStep failed_step(std::string name, Error error) {
    return {std::move(name), CheckStep::State::failed, std::move(error.message),
            std::move(error.hint), error.code};
}

} // namespace leasehold::helper
