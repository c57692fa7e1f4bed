#include "src/lease/identity/aws_request.hpp"

#include "src/base/digest.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"

#include <algorithm>

namespace leasehold::lease::identity {
namespace {

constexpr std::string_view body = "Action=GetCallerIdentity&Version=2011-06-15";
constexpr std::string_view content_type = "application/x-www-form-urlencoded; charset=utf-8";

// A header by its name on the wire; `signed_name` is the same in lower case.
struct SignedHeader {
    std::string signed_name;
    std::string name;
    std::string_view value;
};

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

std::string names_of(const std::vector<SignedHeader>& headers) {
    std::string names;
    for (const SignedHeader& header : headers)
        names += (names.empty() ? "" : ";") + header.signed_name;
    return names;
}

// The digest of the request in its canonical form; the headers are in the order of their names.
std::string canonical_digest(const std::vector<SignedHeader>& headers) {
    std::string text = "POST\n/\n\n";
    for (const SignedHeader& header : headers) {
        text += header.signed_name + ':';
        text += header.value;
        text += '\n';
    }
    text += '\n' + names_of(headers) + '\n' + sha256_hex(body);
    std::string digest = sha256_hex(text);
    wipe(text);
    return digest;
}

Secret json_of(const std::vector<SignedHeader>& headers, const std::string& authorization) {
    std::string text = "{";
    text.reserve(16 * 1024); // no reallocation leaves a copy of the session token behind
    for (const SignedHeader& header : headers) {
        std::string value = json_quote(header.value);
        text += json_quote(header.name) + ':';
        text += value;
        text += ',';
        wipe(value);
    }
    text += "\"Authorization\":" + json_quote(authorization) + '}';
    return Secret::take(std::move(text));
}

std::string fingerprint_of(const AwsCredentials& credentials) {
    std::string parts = credentials.key_id;
    for (const Secret* part : {&credentials.secret_key, &credentials.session_token})
        parts += ' ' + sha256_hex(part->reveal());
    return sha256_hex(parts);
}

} // namespace

AwsSts regional_sts(std::string region) {
    std::string host = "sts." + region + ".amazonaws.com";
    return {std::move(region), std::move(host)};
}

AwsSts usual_sts(std::string region) {
    if (region == "us-east-1")
        return {std::move(region), "sts.amazonaws.com"};
    AwsSts sts = regional_sts(std::move(region));
    if (sts.region.starts_with("cn-"))
        sts.host += ".cn";
    return sts;
}

AwsSignedRequest sign_caller_identity(const AwsCredentials& credentials, const AwsSts& sts,
                                      UnixTime now, const std::vector<http::Header>& also_signed) {
    const auto& [region, host] = sts;
    const std::string time = basic_time(now);
    const std::string length = std::to_string(body.size());
    std::vector<SignedHeader> headers{{"content-length", "Content-Length", length},
                                      {"content-type", "Content-Type", content_type},
                                      {"host", "Host", host},
                                      {"x-amz-date", "X-Amz-Date", time}};
    if (!credentials.session_token.empty())
        headers.push_back(
            {"x-amz-security-token", "X-Amz-Security-Token", credentials.session_token.reveal()});
    for (const http::Header& header : also_signed)
        headers.push_back({header.name, header.name, header.value});
    std::sort(headers.begin(), headers.end(),
              [](const auto& a, const auto& b) { return a.signed_name < b.signed_name; });
    const std::string day = time.substr(0, 8);
    const std::string scope = day + '/' + region + "/sts/aws4_request";
    const std::string to_sign =
        "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + canonical_digest(headers);
    const std::string authorization =
        "AWS4-HMAC-SHA256 Credential=" + credentials.key_id + '/' + scope +
        ", SignedHeaders=" + names_of(headers) +
        ", Signature=" + signature(credentials.secret_key, day, region, to_sign);
    return {"https://" + host + '/', std::string(body), json_of(headers, authorization),
            fingerprint_of(credentials)};
}

} // namespace leasehold::lease::identity
