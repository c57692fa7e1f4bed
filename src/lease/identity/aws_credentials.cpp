#include "src/lease/identity/aws_credentials.hpp"

#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/base/secret_file.hpp"
#include "src/lease/identity/cloud_metadata.hpp"
#include "src/lease/identity/ini_section.hpp"

namespace leasehold::lease::identity {
namespace {

constexpr std::string_view container_service = "AWS's container credential service";
constexpr std::string_view instance_service = "AWS's instance metadata service";

std::optional<AwsCredentials> from_environment(const Environment& environment) {
    const std::string key_id = environment.value("AWS_ACCESS_KEY_ID");
    const std::string secret = environment.value("AWS_SECRET_ACCESS_KEY");
    if (key_id.empty() || secret.empty())
        return std::nullopt;
    return AwsCredentials{key_id, Secret(std::string_view(secret)),
                          Secret(std::string_view(environment.value("AWS_SESSION_TOKEN")))};
}

Result<std::optional<AwsCredentials>> from_shared_file(const Surroundings& around) {
    std::string path = around.environment.value("AWS_SHARED_CREDENTIALS_FILE");
    if (path.empty() && !around.home.empty())
        path = around.home + "/.aws/credentials";
    if (path.empty())
        return std::optional<AwsCredentials>();
    const FileRules rules{.owned_by_me = true, .limit = 256 * 1024};
    LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(path, rules));
    if (!file)
        return std::optional<AwsCredentials>();
    LEASEHOLD_TRY_ASSIGN(std::string text, read_all(*file, path, rules.limit));
    const std::string profile = around.environment.get("AWS_PROFILE").value_or("default");
    auto found = read_aws_section(text, profile);
    wipe(text);
    return found;
}

// {AccessKeyId, SecretAccessKey, Token}: of both services.
Result<AwsCredentials> read_credentials(const http::Response& response, std::string_view what) {
    const auto body = parse_json(response.body);
    const auto key_id = body ? json_string(*body, {"AccessKeyId"}) : std::nullopt;
    const auto secret = body ? json_string(*body, {"SecretAccessKey"}) : std::nullopt;
    if (!key_id || !secret)
        return make_error(ErrorCode::bad_answer, std::string(what) + " answered no credentials");
    return AwsCredentials{std::string(*key_id), Secret(*secret),
                          Secret(json_string(*body, {"Token"}).value_or(""))};
}

Result<std::optional<AwsCredentials>> from_container(const Surroundings& around,
                                                     Deadline deadline) {
    const Environment& environment = around.environment;
    ServiceRequest request;
    if (const auto path = environment.value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        !path.empty())
        request.url = "http://169.254.170.2" + path;
    else
        request.url = environment.value("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (request.url.empty())
        return std::optional<AwsCredentials>();
    std::string token = environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto file = environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        !file.empty()) {
        LEASEHOLD_TRY_ASSIGN(
            const Secret secret,
            read_secret_file(file, "container authorization token", {.limit = 64 * 1024}));
        token = std::string(secret.reveal());
    }
    if (!token.empty())
        request.headers.push_back({"Authorization", token});
    LEASEHOLD_TRY_ASSIGN(const http::Response response,
                         ask_service(around, request, container_service, deadline));
    LEASEHOLD_TRY_ASSIGN(AwsCredentials credentials, read_credentials(response, container_service));
    return std::optional<AwsCredentials>(std::move(credentials));
}

// Version 2 of the service alone: it wants a token, which a mere request from inside cannot forge.
Result<AwsCredentials> from_instance(const AwsSource& source, const Surroundings& around,
                                     Deadline deadline) {
    const std::string base = source.metadata_endpoint ? source.metadata_endpoint->text()
                                                      : std::string(usual_metadata_endpoint);
    const std::string roles = base + "/latest/meta-data/iam/security-credentials/";
    ServiceRequest first;
    first.method = "PUT";
    first.url = base + "/latest/api/token";
    first.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}};
    LEASEHOLD_TRY_ASSIGN(const http::Response token,
                         ask_service(around, first, instance_service, deadline));
    if (token.body.empty() || !is_header_value(token.body))
        return make_error(ErrorCode::bad_answer,
                          std::string(instance_service) + " answered no token");
    ServiceRequest next;
    next.url = roles;
    next.headers = {{"X-aws-ec2-metadata-token", token.body}};
    LEASEHOLD_TRY_ASSIGN(const http::Response list,
                         ask_service(around, next, instance_service, deadline));
    const std::string role = list.body.substr(0, list.body.find('\n'));
    next.url = roles + percent_encoded(without_outer_space(role));
    LEASEHOLD_TRY_ASSIGN(const http::Response response,
                         ask_service(around, next, instance_service, deadline));
    return read_credentials(response, instance_service);
}

} // namespace

std::optional<AwsCredentials> read_aws_section(std::string_view text, std::string_view profile) {
    AwsCredentials credentials;
    for_each_in_section(text, profile, [&](std::string_view name, std::string_view value) {
        if (name == "aws_access_key_id")
            credentials.key_id = std::string(value);
        else if (name == "aws_secret_access_key")
            credentials.secret_key = Secret(value);
        else if (name == "aws_session_token")
            credentials.session_token = Secret(value);
    });
    if (credentials.key_id.empty() || credentials.secret_key.empty())
        return std::nullopt;
    return credentials;
}

Result<std::string> find_aws_region(const std::string& given, const Environment& environment) {
    std::string region = given;
    for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
        if (region.empty())
            region = environment.value(name);
    // Of this very form, or it would end up in a host's name.
    if (region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
        return make_error(ErrorCode::configuration, "AWS_REGION holds no name of a region");
    return region.empty() ? "us-east-1" : region;
}

Result<AwsCredentials> find_aws_credentials(const AwsSource& source, const Surroundings& around,
                                            Deadline deadline) {
    if (auto found = from_environment(around.environment))
        return *std::move(found);
    LEASEHOLD_TRY_ASSIGN(auto shared, from_shared_file(around));
    if (shared)
        return *std::move(shared);
    if (!source.machine)
        return make_error(ErrorCode::denied, "there are no AWS credentials to log in with",
                          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or keep them in "
                          "~/.aws/credentials\nfor those of this container or instance set " +
                              std::string(source.machine_setting) + ": true in the profile");
    LEASEHOLD_TRY_ASSIGN(auto container, from_container(around, deadline));
    if (container)
        return *std::move(container);
    return from_instance(source, around, deadline);
}

} // namespace leasehold::lease::identity
