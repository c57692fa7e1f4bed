#include "src/lease/identity/jwt_source.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/secret_file.hpp"
#include "src/lease/identity/secret_source.hpp"

namespace leasehold::lease::identity {
namespace {

constexpr FileRules public_file{.limit = 64 * 1024};

Result<Secret> check_jwt(const Secret& given, const std::string& where) {
    Secret jwt(without_outer_space(given.reveal()));
    if (!is_bearer_token(jwt.reveal()))
        return make_error(ErrorCode::configuration, where + " holds no JWT",
                          "it must be one line of letters, digits and -._~+/=");
    return jwt;
}

} // namespace

std::string pod_jwt_file(const std::string& given) {
    return given.empty() ? std::string(pod_token_file) : given;
}

Result<std::optional<Secret>> find_jwt(const JwtSource& source, const Environment& environment) {
    if (!source.file.empty()) {
        LEASEHOLD_TRY_ASSIGN(Secret jwt, read_jwt_file(source.file, "JWT"));
        return std::optional<Secret>(std::move(jwt));
    }
    const bool named = !source.variable.empty();
    const std::vector<std::string_view> variables =
        named ? std::vector<std::string_view>{source.variable} : source.usual_variables;
    for (const std::string_view name : variables) {
        auto found = secret_in(environment, {name});
        if (!found)
            continue;
        LEASEHOLD_TRY_ASSIGN(Secret jwt, check_jwt(*found, "the variable " + quoted(name)));
        return std::optional<Secret>(std::move(jwt));
    }
    if (named)
        return make_error(ErrorCode::denied,
                          "there is no JWT in the variable " + quoted(source.variable),
                          "in GitLab CI name it under id_tokens of the job");
    return std::optional<Secret>();
}

Result<Secret> read_jwt_file(const std::string& path, std::string_view what) {
    LEASEHOLD_TRY_ASSIGN(Secret jwt, read_token_file(path, what, public_file));
    return check_jwt(jwt, quoted(path));
}

} // namespace leasehold::lease::identity
