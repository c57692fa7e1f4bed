#include "src/http/pem.hpp"

#include <gtest/gtest.h>

namespace leasehold::http {
namespace {

using Blocks = std::vector<std::string>;

std::string block(const std::string& body, const std::string& label = "CERTIFICATE") {
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
}

const std::string one = block("b25l");
const std::string two = block("dHdv");

TEST(Pem, ReadsBlocksInTheirOrder) {
    EXPECT_EQ(certificate_blocks(""), Blocks{});
    EXPECT_EQ(certificate_blocks(one + two), (Blocks{"one", "two"}));
    EXPECT_EQ(certificate_blocks("Bag Attributes\n  friendlyName: x\n" + one + "\n# note\n" + two),
              (Blocks{"one", "two"}));
    EXPECT_EQ(certificate_blocks("\xef\xbb\xbf# exported\r\n" + one), Blocks{"one"});
}

TEST(Pem, TakesWhiteSpaceOfEveryKind) {
    EXPECT_EQ(certificate_blocks("-----BEGIN CERTIFICATE-----  \r\n b2\t5l \r\n\r\n"
                                 "-----END CERTIFICATE-----"),
              Blocks{"one"});
}

TEST(Pem, ABadBlockCostsItselfOnly) {
    for (const std::string& bad :
         {block("!!!"), block("b25"), block("Proc-Type: 4,ENCRYPTED\n\nb25l"),
          block("b25l", "TRUSTED CERTIFICATE"), block("b25l", "PRIVATE KEY"),
          std::string("-----BEGIN CERTIFICATE-----\nb25l\n"),
          std::string("-----BEGIN CERTIFICATE-----\nb25l\n-----END PRIVATE KEY-----\n"),
          std::string("-----END CERTIFICATE-----\n"), std::string("-----BEGIN \n")}) {
        EXPECT_EQ(certificate_blocks(bad + two), Blocks{"two"}) << bad;
        EXPECT_EQ(certificate_blocks(one + bad + two), (Blocks{"one", "two"})) << bad;
        EXPECT_EQ(certificate_blocks(one + bad), Blocks{"one"}) << bad;
    }
}

TEST(Pem, ACertificateIsOneWholeCertificate) {
    EXPECT_EQ(parse_certificate(""), nullptr);
    EXPECT_EQ(parse_certificate("0"), nullptr);
    EXPECT_EQ(parse_certificate(std::string("0\0", 2)), nullptr);
}

} // namespace
} // namespace leasehold::http
