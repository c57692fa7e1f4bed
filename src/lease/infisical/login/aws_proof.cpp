#include "src/lease/infisical/login/aws_proof.hpp"

#include "src/base/base64.hpp"
#include "src/base/digest.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"
#include "src/lease/infisical/login/aws_credentials.hpp"

#include <array>

namespace leasehold::lease::infisical {
namespace {

constexpr std::string_view body = "Action=GetCallerIdentity&Version=2011-06-15";
constexpr std::string_view content_type = "application/x-www-form-urlencoded; charset=utf-8";

std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// 2026-01-02T03:04:05Z as 20260102T030405Z.
std::string basic_time(UnixTime time) {
    std::string text;
    for (const char c : format_rfc3339(time))
        if (c != '-' && c != ':')
            text.push_back(c);
    return text;
}

std::string signature(const Secret& secret_key, std::string_view day, std::string_view region,
                      std::string_view to_sign) {
    std::string first = "AWS4" + std::string(secret_key.reveal());
    Digest key = hmac_sha256(first, day);
    wipe(first);
    for (const std::string_view part :
         {region, std::string_view("sts"), std::string_view("aws4_request")})
        key = hmac_sha256(bytes_of(key), part);
    const std::string hex = to_hex(hmac_sha256(bytes_of(key), to_sign));
    wipe(key.data(), key.size());
    return hex;
}

} // namespace

AwsSignedRequest sign_caller_identity(const AwsCredentials& credentials, const std::string& region,
                                      UnixTime now) {
    const std::string host = "sts." + region + ".amazonaws.com";
    const std::string time = basic_time(now);
    const std::string day = time.substr(0, 8);
    const std::string scope = day + '/' + region + "/sts/aws4_request";
    const bool session = !credentials.session_token.empty();
    // In the order of their names, as the canonical form wants them.
    std::string canonical = "POST\n/\n\ncontent-length:" + std::to_string(body.size()) +
                            "\ncontent-type:" + std::string(content_type) + "\nhost:" + host +
                            "\nx-amz-date:" + time + '\n';
    std::string names = "content-length;content-type;host;x-amz-date";
    if (session) {
        canonical += "x-amz-security-token:";
        canonical += credentials.session_token.reveal();
        canonical += '\n';
        names += ";x-amz-security-token";
    }
    canonical += '\n' + names + '\n' + sha256_hex(body);
    const std::string to_sign =
        "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + sha256_hex(canonical);
    wipe(canonical);
    const std::string authorization = "AWS4-HMAC-SHA256 Credential=" + credentials.key_id + '/' +
                                      scope + ", SignedHeaders=" + names + ", Signature=" +
                                      signature(credentials.secret_key, day, region, to_sign);
    std::string headers = "{\"Host\":" + json_quote(host) +
                          ",\"Content-Type\":" + json_quote(content_type) +
                          ",\"Content-Length\":" + json_quote(std::to_string(body.size())) +
                          ",\"X-Amz-Date\":" + json_quote(time);
    if (session)
        headers += ",\"X-Amz-Security-Token\":" + json_quote(credentials.session_token.reveal());
    headers += ",\"Authorization\":" + json_quote(authorization) + '}';
    AwsSignedRequest request{base64_encode(body), Secret::take(base64_encode(headers))};
    wipe(headers);
    return request;
}

Result<AwsSignedRequest> sign_caller_identity(const InfisicalSettings& settings,
                                              const Outside& outside, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(const AwsCredentials credentials,
                         find_aws_credentials(settings.auth, outside, deadline));
    std::string region = settings.auth.region;
    for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
        if (region.empty())
            region = outside.environment.value(name);
    // Of this very form, or it would end up in a host's name.
    const bool plain =
        region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    if (!plain)
        return make_error(ErrorCode::configuration, "AWS_REGION holds no name of a region");
    return sign_caller_identity(credentials, region.empty() ? "us-east-1" : region,
                                outside.clock.now().wall);
}

} // namespace leasehold::lease::infisical
