#include "helper/exec_protocol/answer.hpp"
#include "src/base/json.hpp"

#include <gtest/gtest.h>

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

TEST(ExecCredential, IsOneCompactObject) {
    const Secret json = to_exec_credential_json(ExecApiVersion::v1beta1, "a.b.c", 1795471200);
    EXPECT_EQ(json.reveal(),
              R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1",)"
              R"("spec":{"interactive":false},"status":{"expirationTimestamp":)"
              "\"2026-11-23T22:00:00Z\",\"token\":\"a.b.c\"}}\n");
    EXPECT_TRUE(parse_json(json.reveal()));
}

TEST(ExecCredential, MayHoldAPair) {
    const KeyPair pair{"-----BEGIN\n", Secret("key\n")};
    EXPECT_EQ(to_exec_credential_json(ExecApiVersion::v1, "", 0, pair).reveal(),
              R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
              R"("spec":{"interactive":false},"status":{"expirationTimestamp":)"
              R"("1970-01-01T00:00:00Z","clientCertificateData":"-----BEGIN\n",)"
              R"("clientKeyData":"key\n"}})"
              "\n");
    const Secret both = to_exec_credential_json(ExecApiVersion::v1, "a.b.c", 0, pair);
    EXPECT_NE(both.reveal().find(R"("clientKeyData":"key\n","token":"a.b.c"}})"),
              std::string_view::npos);
}

TEST(ExecCredential, WhatJsonMindsIsEscaped) {
    const std::string token = "a\"b\\c\x01\n\xc3\xa4";
    const Secret json = to_exec_credential_json(ExecApiVersion::v1, token, 0);
    const auto value = parse_json(json.reveal());
    ASSERT_TRUE(value);
    EXPECT_EQ(json_string(*value, {"status", "token"}), token);
}

TEST(ExecCredential, AShortWriteIsAFailure) {
    const Secret json = to_exec_credential_json(ExecApiVersion::v1, "a.b.c", 0);
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    EXPECT_FALSE(print_credential(full, json));
    ::close(full);
    std::array<int, 2> fds{};
    ASSERT_EQ(::pipe2(fds.data(), O_CLOEXEC | O_NONBLOCK), 0);
    while (::write(fds[1], "xxxxxxxxxxxxxxxx", 16) > 0) {
    }
    EXPECT_FALSE(print_credential(fds[1], json)) << "a pipe that takes nothing";
    ::close(fds[0]);
    ::close(fds[1]);
}

} // namespace
} // namespace leasehold::helper
