// A snapshot of the process environment, taken once in main; tests build their own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold {

class Environment {
public:
    using Variables = std::map<std::string, std::string, std::less<>>;

    Environment() = default;
    explicit Environment(Variables variables) : variables_(std::move(variables)) {}
    // Of `block` ("NAME=value", null at the end). A name given twice has its last value, as in Go.
    [[nodiscard]] static Environment snapshot(const char* const* block);
    // The same of a text as in /proc/PID/environ, where a NUL ends each.
    [[nodiscard]] static Environment parse(std::string_view block);

    // Empty if the variable is not set. A variable set to "" is there and empty.
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
    // The value, or "" if it is unset.
    [[nodiscard]] std::string value(std::string_view name) const { return get(name).value_or(""); }
    [[nodiscard]] const Variables& all() const { return variables_; }

private:
    Variables variables_;
};

} // namespace leasehold
