#include "src/base/json.hpp"
#include "src/lease/identity/alicloud_request.hpp"
#include "src/lease/identity/google_key.hpp"
#include "src/lease/identity/oci_config.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::identity {
namespace {

// The key of Oracle's examples, which stands in draft-cavage-http-signatures, appendix C, too.
constexpr std::string_view known_key =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXgIBAAKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QF\n"
    "NUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+F\n"
    "UR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB\n"
    "AoGBAJR8ZkCUvx5kzv+utdl7T5MnordT1TvoXXJGXK7ZZ+UuvMNUCdN2QPc4sBiA\n"
    "QWvLw1cSKt5DsKZ8UETpYPy8pPYnnDEz2dDYiaew9+xEpubyeW2oH4Zx71wqBtOK\n"
    "kqwrXa/pzdpiucRRjk6vE6YY7EBBs/g7uanVpGibOVAEsqH1AkEA7DkjVH28WDUg\n"
    "f1nqvfn2Kj6CT7nIcE3jGJsZZ7zlZmBmHFDONMLUrXR/Zm3pR5m0tCmBqa5RK95u\n"
    "412jt1dPIwJBANJT3v8pnkth48bQo/fKel6uEYyboRtA5/uHuHkZ6FQF7OUkGogc\n"
    "mSJluOdc5t6hI1VsLn0QZEjQZMEOWr+wKSMCQQCC4kXJEsHAve77oP6HtG/IiEn7\n"
    "kpyUXRNvFsDE0czpJJBvL/aRFUJxuRK91jhjC68sA7NsKMGg5OXb5I5Jj36xAkEA\n"
    "gIT7aFOYBFwGgQAQkWNKLvySgKbAZRTeLBacpHMuQdl1DfdntvAyqpAZ0lY0RKmW\n"
    "G6aFKaqQfOXKCyWoUiVknQJAXrlgySFci/2ueKlIE1QqIiLSZ8V8OlpFLRnb1pzI\n"
    "7U1yQXnTAEFYM560yJlzUpOb1V4cScGd365tiSMvxLOvTA==\n"
    "-----END RSA PRIVATE KEY-----\n";

OciKey oracles_key() {
    return {"ocid1.tenancy.oc1..aaaaaaaaba3pv6wkcr4jqae5f15p2b2m2yt2j6rx32uzr4h25vqstifsfdsq",
            "ocid1.user.oc1..aaaaaaaat5nvwcna5j6aqzjcaty5eqbb6qt2jvpkanghtgdaqedqw3rynjq",
            "20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34",
            "eu-frankfurt-1",
            "/key.pem",
            Secret(known_key),
            Secret()};
}

// The GET of Oracle's page on signatures.
TEST(Oci, SignsAsOraclesExample) {
    const OciGet request{
        "iaas.us-phoenix-1.oraclecloud.com",
        "/20160918/instances?availabilityDomain=Pjwf%3A%20PHX-AD-1&compartmentId="
        "ocid1.compartment.oc1..aaaaaaaam3we6vgnherjq5q2idnccdflvjsnog7mlr6rtdb25gilchfeyjxa"
        "&displayName=TeamXInstances&volumeId="
        "ocid1.volume.oc1.phx.abyhqljrgvttnlx73nmrwfaux7kcvzfs3s66izvxf2h4lgvyndsdsnoiwr5q",
        "Thu, 05 Jan 2014 21:31:40 GMT"};
    EXPECT_EQ(
        *oci_authorization(oracles_key(), request),
        "Signature version=\"1\",headers=\"date (request-target) host\",keyId=\"" +
            oracles_key().id() +
            "\",algorithm=\"rsa-sha256\",signature=\""
            "GBas7grhyrhSKHP6AVIj/h5/Vp8bd/peM79H9Wv8kjoaCivujVXlpbKLjMPeDUhxkFIWtTtLBj3sUzaFj34X"
            "E6YZAHc9r2DmE4pMwOAy/kiITcZxa1oHPOeRheC0jP2dqbTll8fmTZVwKZOKHYPtrLJIJQHJjNvxFWeHQjMa"
            "R7M=\"");
}

TEST(Oci, SendsTheHeadersThatAreSigned) {
    const auto signed_one = sign_oci_identity(oracles_key(), 784111777);
    ASSERT_TRUE(signed_one);
    EXPECT_EQ(signed_one->user, oracles_key().user);
    const auto headers = parse_json(signed_one->headers.reveal());
    ASSERT_TRUE(headers);
    EXPECT_EQ(json_string(*headers, {"host"}), "identity.eu-frankfurt-1.oraclecloud.com");
    EXPECT_EQ(json_string(*headers, {"date"}), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(json_string(*headers, {"authorization"})->find("Signature version=\"1\""), 0u);
    EXPECT_EQ(headers->as_object().size(), 3u);
}

std::string config_text(const std::string& more) {
    return "[DEFAULT]\nuser=ocid1.user.oc1..a\nfingerprint = 20:3b\ntenancy=ocid1.tenancy.oc1..t\n"
           "region=eu-frankfurt-1\nkey_file=~/key.pem\n;user=no\n[WORK]\nuser=ocid1.user.oc1..b\n" +
           more;
}

TEST(Oci, ASectionInheritsWhatItDoesNotSay) {
    const OciKey key = read_oci_section(config_text("pass_phrase = open\n"), "WORK");
    EXPECT_EQ(key.id(), "ocid1.tenancy.oc1..t/ocid1.user.oc1..b/20:3b");
    EXPECT_EQ(key.passphrase.reveal(), "open");
    EXPECT_EQ(read_oci_section(config_text(""), "").user, "ocid1.user.oc1..a");
}

TEST(Oci, TheConfigurationAndTheKeyAreChecked) {
    const PrivateDirectory home;
    std::filesystem::permissions(home.path(), std::filesystem::perms(0755));
    EXPECT_EQ(find_oci_key({"", "", home.path()}).error().code, ErrorCode::denied);
    const std::string config = home.write("config", config_text(""));
    EXPECT_FALSE(find_oci_key({config, "", home.path()})) << "no key";
    home.write("key.pem", known_key, 0644);
    EXPECT_FALSE(find_oci_key({config, "", home.path()})) << "a key that others may read";
    home.write("key.pem", known_key);
    EXPECT_EQ(std::string(find_oci_key({config, "WORK", home.path()})->pem.reveal()) + "\n",
              known_key);
    for (const char* wrong : {"region=eu.example/x", "user=a/../b", "key_file=key.pem",
                              "tenancy=a\" b", "fingerprint="}) {
        const std::string other = home.write("other", config_text(std::string(wrong) + '\n'));
        const auto key = find_oci_key({other, "WORK", home.path()});
        ASSERT_FALSE(key) << wrong;
        EXPECT_EQ(key.error().code, ErrorCode::configuration) << wrong;
    }
}

TEST(Oci, AKeyUnderAPassphrase) {
    OciKey key = oracles_key();
    key.pem =
        Secret(std::string_view("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                "MIIC3TBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQI76HC1IZMSq0CAggA\n"
                                "MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBCOXHfzTVqFuwyqEIa04YH0BIIC\n"
                                "gNcnfjJU0hIV4TqnbMgBDI1Ppa/4j5i+XpFw3j4HLOIJoOxfGhTrPcVbfRT2pcn7\n"
                                "DTihdxSuu8sQ+1pgg7B1wPKGceEUROF8bQFKlJl/tqMKIPrLRw3ja2oKtTYz3lMo\n"
                                "Tt1RGlIwuOMCdvcj4QjSl8KIoJ8YaE2PBO9Izal6YwGqAEN9DlQxr+NIYR9r0LV1\n"
                                "QP3Pymu3rAMsCFYMMjQ/g2iEp9Si+ALRWWSBB4T46fWWpvYqc6661Fll3giwRw60\n"
                                "ti6MNVJWGbJAiHTxpJLNse/GjWl6N5ZZnzq98GPG8vLZV+Vd/q223Mkc0quiO2yg\n"
                                "gMtA44Cf04zYbFs4k9T3K5NbeTb22q5H9fnQJJnrMOVMSoNcnnhyrDpfKCmazTEW\n"
                                "qox8CX2ERLpYENhpMoOd9s2QnjrvjLMAV2X4QFaHVI5VGTjxrViyV9e6TI1VzDmI\n"
                                "sQz7m8S5jt8A4mmdMbVYX/2ywKsOu4V5t5AAEMFU07q8vbBY0BgASJm+OGy5kmRt\n"
                                "/l2CcG/0wH1Srio1RalNly6aM0FLZqPfCq6V+jIDrc86BegjSwvZAS9zWfhd8psl\n"
                                "vuQF581mSrKuSAfrA4SljB0Wr0cHyDv/cD/zHWN0rKf9Jtd+UeCAUBovt9VTeqHG\n"
                                "1fasecN6wn56OSpStkjFi6CDXKfOwaN6JqxgxqLNGWxQih5Wz8SZYpQ6dc7Ru6j4\n"
                                "LvZFgriBUKrHkpX3CTy0M+jKKcH7lWoQ/xBW6kuopJr8Xp4xxDdYkSqMBVN8lo+j\n"
                                "UTN3gZihax0l5YdHUCWLQ0xyhpaFpd6UGTffboj8ZJt8MCVFiKWb9U9Y37+UmaRm\n"
                                "994MwRY7g9btw9ycpeUpids=\n"
                                "-----END ENCRYPTED PRIVATE KEY-----\n"));
    const OciGet request{"h", "/t", "d"};
    EXPECT_FALSE(oci_authorization(key, request)) << "nobody is asked";
    key.passphrase = Secret(std::string_view("wrong"));
    EXPECT_FALSE(oci_authorization(key, request));
    key.passphrase = Secret(std::string_view("open"));
    EXPECT_EQ(*oci_authorization(key, request), *oci_authorization(oracles_key(), request));
}

// The example of Alibaba Cloud's page on signatures.
TEST(Alicloud, SignsAsAlibabasExample) {
    const RpcParameters parameters{{"Format", "XML"},
                                   {"Version", "2014-05-26"},
                                   {"Action", "DescribeRegions"},
                                   {"AccessKeyId", "testid"},
                                   {"SignatureMethod", "HMAC-SHA1"},
                                   {"SignatureVersion", "1.0"},
                                   {"SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"},
                                   {"Timestamp", "2016-02-23T12:46:24Z"}};
    EXPECT_EQ(alicloud_signature(parameters, Secret(std::string_view("testsecret"))),
              "OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
}

TEST(Alicloud, AsksWhoseTheKeyIs) {
    const AlicloudKey key{"testid", Secret(std::string_view("testsecret"))};
    RpcParameters request = sign_alicloud_identity(key, 784111777, "once");
    EXPECT_EQ(request["Action"], "GetCallerIdentity");
    EXPECT_EQ(request["Timestamp"], "1994-11-06T08:49:37Z");
    EXPECT_EQ(request["SignatureNonce"], "once");
    const std::string signature = request["Signature"];
    request.erase("Signature");
    EXPECT_EQ(alicloud_signature(request, key.secret), signature);
}

// Held against the signature that the program openssl makes of the same text.
TEST(GoogleKey, SignsAJwtAboutItsAccount) {
    const GoogleKey key{"robot@shop.iam.gserviceaccount.com", "k1", "/key.json", Secret(known_key)};
    EXPECT_EQ(
        sign_google_jwt(key, "some-id", 1800000000)->reveal(),
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0."
        "eyJpc3MiOiJyb2JvdEBzaG9wLmlhbS5nc2VydmljZWFjY291bnQuY29tIiwic3ViIjoicm9ib3RAc2hvcC5pYW0u"
        "Z3NlcnZpY2VhY2NvdW50LmNvbSIsImF1ZCI6InNvbWUtaWQiLCJpYXQiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAw"
        "MDYwMH0."
        "Wy4beVvyCpBehyPu2qlfUHXgsVxMagTeujeeQV8f-pPUJ0REXhv6G8VTFvubcXwA83RlC9yYMqnnDBOtGtItu65l"
        "Qc2IG9-QxTUtTiWwC6rlDF1xXb-y7sJBD3txOyrja5PYA_IPrszrbwlAw4KPBsD4EX6IfGVxnCvitx0aFZk");
}

TEST(GoogleKey, TheFileIsCheckedAndReadAsGoogleWritesIt) {
    const PrivateDirectory directory;
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
    const std::string text =
        R"({"type":"service_account","private_key_id":"k1","client_email":"a@b","private_key":"x"})";
    const auto key = read_google_key(directory.write("key", text));
    ASSERT_TRUE(key);
    EXPECT_EQ(key->account + ' ' + key->id, "a@b k1");
    EXPECT_FALSE(sign_google_jwt(*key, "some-id", 0)) << "no PEM";
    EXPECT_FALSE(read_google_key(directory.write("open", text, 0644)));
    for (const char* wrong : {"{}", "", R"({"type":"authorized_user","client_email":"a@b"})"})
        EXPECT_EQ(read_google_key(directory.write("wrong", wrong)).error().code,
                  ErrorCode::configuration);
}

} // namespace
} // namespace leasehold::lease::identity
