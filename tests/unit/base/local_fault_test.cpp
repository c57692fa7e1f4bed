#include "src/base/local_fault.hpp"

#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace leasehold {
namespace {

TEST(LocalFault, TellsThisMachinesLacksFromOthersFaults) {
    for (const int lack : {EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN}) {
        const auto error = local_fault("cannot connect", lack);
        ASSERT_TRUE(error) << lack;
        EXPECT_EQ(error->code, ErrorCode::internal);
        EXPECT_TRUE(error->local);
        EXPECT_FALSE(error->hint.empty());
    }
    for (const int way : {ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EPERM, EACCES}) {
        const auto error = local_fault("cannot connect", way);
        ASSERT_TRUE(error) << way;
        EXPECT_EQ(error->code, ErrorCode::unreachable);
        EXPECT_TRUE(error->local);
    }
    for (const int other : {ECONNREFUSED, EHOSTUNREACH, ETIMEDOUT, ECONNRESET, EPIPE, 0})
        EXPECT_FALSE(local_fault("cannot connect", other)) << other;
}

TEST(LocalFault, ReadsExceptions) {
    const std::system_error thread(EAGAIN, std::generic_category());
    EXPECT_NE(local_fault(thread)->hint.find("threads"), std::string::npos);
    const boost::system::system_error files(EMFILE, boost::system::system_category());
    EXPECT_NE(local_fault(files)->hint.find("ulimit -n"), std::string::npos);
    EXPECT_NE(local_fault(std::bad_alloc())->hint.find("memory"), std::string::npos);
    EXPECT_FALSE(local_fault(std::logic_error("a bug")));
}

} // namespace
} // namespace leasehold
