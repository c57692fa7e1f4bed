// What is special about the kernel's keyrings; what every store does is in tests/contract.
#include "cache/kernel_keyring/keyring.hpp"
#include "cache/kernel_keyring/quota.hpp"
#include "src/base/digest.hpp"
#include "tests/support/left_out.hpp"
#include "tests/unit/cache/kernel_keyring/isolated.hpp"

#include <gtest/gtest.h>
#include <keyutils.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <sstream>
#include <thread>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

using test::in_child;
using test::in_isolation;

constexpr Seconds hour{3600};

std::string description(const std::string& name) {
    return lease_description(sha256_hex(name));
}

std::string write(const std::string& name, std::string_view bytes, Seconds life = hour) {
    const auto kept = keyring_write(description(name), bytes, life);
    return kept ? "" : "cannot write " + name + ": " + kept.error().message;
}

// "(none)" or "(fault) why" if there is no payload.
std::string read(const std::string& name) {
    const auto found = keyring_read(description(name));
    if (!found)
        return "(fault) " + found.error().message;
    return *found ? std::string((**found).reveal()) : "(none)";
}

std::string expect(const std::string& what, const std::string& seen, const std::string& wanted) {
    return seen == wanted ? "" : what + ": " + seen.substr(0, 100) + " instead of " + wanted;
}

key_serial_t own_key(const std::string& name) {
    return static_cast<key_serial_t>(
        ::keyctl_search(KEY_SPEC_USER_KEYRING, "user", description(name).c_str(), 0));
}

// KR-1, F19: whatever session the reader and the writer are in.
class KernelKeyring : public test::KeyringTest {};

TEST_F(KernelKeyring, KR_1_IsReadAndWrittenFromEverySession) {
    EXPECT_EQ(in_isolation([] {
                  std::string trouble = write("a", "token-a");
                  trouble += in_child([] {
                      if (::keyctl_join_session_keyring(nullptr) < 0)
                          return std::string("no new session keyring");
                      std::string inner = expect("new session", read("a"), "token-a");
                      inner += write("b", "token-b");
                      return inner + write("a", "token-a2");
                  });
                  trouble += in_child([] {
                      (void)::setsid();
                      return expect("setsid", read("b"), "token-b");
                  });
                  trouble += expect("old session", read("a"), "token-a2");
                  trouble += in_child([] {
                      (void)::keyctl_join_session_keyring(nullptr);
                      const auto erased = keyring_erase(description("b"));
                      return erased ? std::string() : "erase: " + erased.error().message;
                  });
                  return trouble + expect("after erase", read("b"), "(none)");
              }),
              "");
}

// The command-line tool in a session of its own, as a script would use it.
TEST_F(KernelKeyring, KR_1_IsReadByKeyctlFromANewSession) {
    EXPECT_EQ(in_isolation([] {
                  const std::string trouble = write("a", "token-a");
                  const std::string command =
                      "keyctl session - sh -c 'keyctl pipe $(keyctl search @u "
                      "user " +
                      description("a") + ")' 2>/dev/null";
                  std::FILE* pipe = ::popen(command.c_str(), "r");
                  std::array<char, 100> text{};
                  const auto size = std::fread(text.data(), 1, text.size(), pipe);
                  (void)::pclose(pipe);
                  return trouble + expect("keyctl", std::string(text.data(), size), "token-a");
              }),
              "");
}

TEST_F(KernelKeyring, KR_1_LeavesTheSessionKeyringAlone) {
    EXPECT_EQ(in_isolation([] {
                  (void)::keyctl_join_session_keyring(nullptr);
                  std::string trouble = write("a", "token-a");
                  trouble += expect("read", read("a"), "token-a");
                  std::array<key_serial_t, 16> ids{};
                  const long bytes = ::keyctl_read(KEY_SPEC_SESSION_KEYRING,
                                                   reinterpret_cast<char*>(ids.data()), sizeof ids);
                  return trouble + expect("keys in the session", std::to_string(bytes), "0");
              }),
              "");
}

TEST_F(KernelKeyring, KR_6_GrantsReadingAndSearchingAndNoMore) {
    EXPECT_EQ(in_isolation([] {
                  const std::string trouble = write("a", "token-a");
                  std::array<char, 256> text{};
                  (void)::keyctl_describe(own_key("a"), text.data(), text.size());
                  const std::string line(text.data());
                  const std::string uid = std::to_string(::getuid());
                  return trouble + expect("key", line,
                                          "user;" + uid + ';' + std::to_string(::getgid()) +
                                              ";3f0b0000;" + description("a"));
              }),
              "");
}

// KR-6
TEST_F(KernelKeyring, KR_6_ShowsOnlyADigest) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  const std::string trouble = write("https://prod.example", "token");
                  std::ifstream file("/proc/keys");
                  std::stringstream text;
                  text << file.rdbuf();
                  if (text.str().find(description("https://prod.example")) == std::string::npos)
                      return trouble + "/proc/keys does not show the key at all";
                  return text.str().find("prod") == std::string::npos ? trouble : "a name shows";
              }),
              "");
}

// KR-4
TEST_F(KernelKeyring, KR_4_ForgetsByItself) {
    EXPECT_EQ(in_isolation([] {
                  std::string trouble = write("a", "token-a", Seconds(1));
                  trouble += expect("at once", read("a"), "token-a");
                  std::this_thread::sleep_for(Milliseconds(1200));
                  trouble += expect("after its end", read("a"), "(none)");
                  trouble += write("a", "token-b", hour);
                  trouble += expect("written again", read("a"), "token-b");
                  (void)::keyctl_revoke(own_key("a"));
                  trouble += expect("revoked", read("a"), "(none)");
                  trouble += write("a", "token-c", hour);
                  return trouble + expect("written after a revocation", read("a"), "token-c");
              }),
              "");
}

// Before Linux 5.3 the user keyring vanished with the user's last process.
TEST_F(KernelKeyring, KR_5_SurvivesTheUserKeyring) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  if (::keyctl_get_persistent(static_cast<uid_t>(-1), KEY_SPEC_PROCESS_KEYRING) < 0)
                      return "this kernel has no persistent keyrings, which CI needs";
                  std::string trouble = write("a", "token-a") + write("b", "token-b");
                  (void)::keyctl_clear(KEY_SPEC_USER_KEYRING);
                  trouble += in_child([] { return expect("a", read("a"), "token-a"); });
                  // What was found is near again, for when the quota lets nobody reach the other.
                  if (own_key("a") < 0)
                      trouble += "a was found and not put back; ";
                  const auto listed = keyring_list();
                  trouble += expect("listed", std::to_string(listed ? listed->size() : 0), "2");
                  trouble += write("a", "token-a2");
                  trouble += expect("a", read("a"), "token-a2");
                  (void)::keyctl_clear(KEY_SPEC_USER_KEYRING);
                  trouble += expect("a, vanished again", read("a"), "token-a2");
                  (void)keyring_erase(description("b"));
                  return trouble + expect("b", read("b"), "(none)");
              }),
              "");
}

// KR-7
TEST_F(KernelKeyring, KR_7_APayloadOverTheKernelsLimitIsFull) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  const auto kept = keyring_write(description("a"), std::string(32'768, 'x'), hour);
                  if (kept || kept.error().fault != StoreFault::full)
                      return "32768 bytes should not fit";
                  return expect("a", read("a"), "(none)");
              }),
              "");
}

// KR-3, as a user with the usual quota of 20 000 bytes and 200 keys.
class KeyringQuota : public test::KeyringTest {};

TEST_F(KeyringQuota, KR_3_OldLeasesMakeRoomForNewOnes) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has that quota
    EXPECT_EQ(in_isolation([] {
                  std::string trouble = write("login", std::string(900, 'l'), Seconds(0));
                  for (int i = 0; i < 59 && trouble.empty(); ++i)
                      // Each ends a minute later than the one before it, within the hour:
                      // /proc/keys tells minutes apart, but not above.
                      trouble += write("lease-" + std::to_string(i), std::string(900, 'x'),
                                       Seconds(60 * (i + 1) - 30));
                  for (int i = 50; i < 59; ++i)
                      trouble += expect("a late one", read("lease-" + std::to_string(i)),
                                        std::string(900, 'x'));
                  trouble += expect("the earliest", read("lease-0"), "(none)");
                  return trouble + expect("what has no end", read("login"), std::string(900, 'l'));
              }),
              "");
}

// A session costs a login, and a lease an account in a cluster.
TEST_F(KeyringQuota, KR_3_SpareEntriesGoBeforeAnyLease) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has that quota
    EXPECT_EQ(in_isolation([] {
                  const auto store = make_kernel_keyring_store();
                  const CacheKey spare = CacheKey::of({{"kind", "session"}, {"n", "1"}});
                  const Secret large(std::string(900, 's'));
                  std::string trouble =
                      store->put(spare, large, Seconds(30 * 24 * 3600)) ? "" : "not put; ";
                  int kept = 0;
                  for (; kept < 40 && *store->get(spare) && trouble.empty(); ++kept)
                      trouble += write("lease-" + std::to_string(kept), std::string(900, 'x'));
                  for (int i = 0; i < kept; ++i)
                      trouble += expect("a lease", read("lease-" + std::to_string(i)),
                                        std::string(900, 'x'));
                  trouble += keyring_evictions().count == 0 ? "" : "a lease gave way; ";
                  // Nor does a lease give way to one.
                  for (int i = kept; i < 40 && keyring_evictions().count == 0; ++i)
                      trouble += write("lease-" + std::to_string(i), std::string(900, 'x'));
                  const auto before = keyring_evictions().count;
                  trouble += store->put(spare, large, hour) ? "it was put; " : "";
                  trouble += keyring_evictions().count == before ? "" : "a lease gave way to it; ";
                  return trouble + (kept < 40 ? "" : "the spare one did not go");
              }),
              "");
}

TEST_F(KeyringQuota, KR_3_ManySmallKeysMakeRoomToo) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has that quota
    EXPECT_EQ(in_isolation([] {
                  std::string trouble;
                  for (int i = 0; i < 260 && trouble.empty(); ++i)
                      trouble += write("small-" + std::to_string(i), "x", hour + Seconds(60 * i));
                  return trouble + expect("the last", read("small-259"), "x");
              }),
              "");
}

TEST_F(KeyringQuota, KR_3_EndedOnesGoFirst) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has that quota
    EXPECT_EQ(in_isolation([] {
                  std::string trouble;
                  for (int i = 0; i < 10; ++i)
                      trouble +=
                          write("ended-" + std::to_string(i), std::string(900, 'x'), Seconds(1));
                  for (int i = 0; i < 8; ++i)
                      trouble += write("good-" + std::to_string(i), std::string(900, 'x'));
                  std::this_thread::sleep_for(Milliseconds(1200));
                  for (int i = 8; i < 14; ++i)
                      trouble += write("good-" + std::to_string(i), std::string(900, 'x'));
                  for (int i = 0; i < 14; ++i)
                      trouble +=
                          expect("good", read("good-" + std::to_string(i)), std::string(900, 'x'));
                  return trouble;
              }),
              "");
}

TEST_F(KeyringQuota, KR_3_OtherProgramsKeysStay) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has that quota
    EXPECT_EQ(in_isolation([]() -> std::string {
                  // Kerberos, say, fills the quota.
                  const std::string bytes(900, 'k');
                  int count = 0;
                  while (::add_key("user", ("krb:" + std::to_string(count)).c_str(), bytes.data(),
                                   bytes.size(), KEY_SPEC_USER_KEYRING) >= 0)
                      ++count;
                  const auto kept = keyring_write(description("a"), std::string(900, 'x'), hour);
                  std::string trouble;
                  if (kept || kept.error().fault != StoreFault::full)
                      trouble = "a quota used up by others should be full";
                  for (int i = 0; i < count; ++i)
                      if (::keyctl_search(KEY_SPEC_USER_KEYRING, "user",
                                          ("krb:" + std::to_string(i)).c_str(), 0) < 0)
                          trouble += "a foreign key went; ";
                  (void)::keyctl_clear(KEY_SPEC_USER_KEYRING);
                  return trouble;
              }),
              "");
}

TEST_F(KeyringQuota, KR_3_WhatCannotFitEvictsNothing) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has that quota
    EXPECT_EQ(in_isolation([]() -> std::string {
                  std::string trouble = write("a", "token-a");
                  const auto kept = keyring_write(description("b"), std::string(25'000, 'x'), hour);
                  if (kept || kept.error().fault != StoreFault::full)
                      return "25000 bytes should not fit into a quota of 20000";
                  return trouble + expect("a", read("a"), "token-a");
              }),
              "");
}

TEST(EvictableKeys, AreReadFromProcKeysInOrder) {
    const std::string a = sha256_hex("a");
    const std::string text =
        "00000001 I--Q---     1  57m 3f0b0000  1000  1000 user      leasehold:1:" + a + ": 512\n" +
        "00000002 I--Q---     1 expd 3f0b0000  1000  1000 user      leasehold:1:b: 512\n" +
        "00000003 I--Q---     1 perm 3f0b0000  1000  1000 user      leasehold:1:login: 512\n" +
        "00000004 I--Q---     1   9s 3f0b0000  1000  1000 user      leasehold:1:c:d: 12\n" +
        "00000005 I--Q---     1   9s 3f0b0000  1001  1000 user      leasehold:1:foreign: 12\n" +
        "00000006 I--Q---     1   9s 3f0b0000  1000  1000 keyring   leasehold:1:ring: 1\n" +
        "00000007 I--Q---     1   9s 3f0b0000  1000  1000 user      other:1: 1\n" +
        "3fffffff I--Q---     1   2h 3f0b0000  1000  1000 user      leasehold:1:e\n" +
        "10000000 I--Q---     1   3d 3f0b0000  1000  1000 user      leasehold:1:f: 1\n" +
        "10000001 I--Q---     1   1w 3f0b0000  1000  1000 user      leasehold:1:g: 1\n" +
        "garbage\n\n 1 2 3 4 5 6 7 8\nzz I 1 9s 0 1000 1000 user leasehold:1:x: 1";
    std::vector<std::pair<key_serial_t, long>> seen;
    for (const KeyringOccupant& key : evictable_keys(text, 1000))
        seen.emplace_back(key.id, key.left);
    const std::vector<std::pair<key_serial_t, long>> wanted{{2, 0},
                                                            {4, 9},
                                                            {1, 57 * 60},
                                                            {0x3fffffff, 7200},
                                                            {0x10000000, 3 * 86'400},
                                                            {0x10000001, 604'800}};
    EXPECT_EQ(seen, wanted);
    EXPECT_EQ(evictable_keys(text, 1000)[2].description, "leasehold:1:" + a);
    EXPECT_TRUE(evictable_keys("", 1000).empty());
}

// A writer that dies at any moment leaves no key without an end, and never a mixture.
TEST_F(KernelKeyring, AKilledWriterLeavesTheOldOrTheNewKey) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  std::string trouble = write("a", std::string(500, 'a'));
                  for (int round = 0; round < 200 && trouble.empty(); ++round) {
                      const pid_t writer = ::fork();
                      if (writer == 0)
                          while (true)
                              for (const char c : {'a', 'b'})
                                  (void)write("a", std::string(500, c));
                      ::usleep(static_cast<useconds_t>(round * 11));
                      (void)::kill(writer, SIGKILL);
                      (void)::waitpid(writer, nullptr, 0);
                      const std::string left = read("a");
                      if (left.size() != 500 ||
                          left.find_first_not_of(left[0]) != std::string::npos)
                          trouble += "after a kill: " + left.substr(0, 50);
                      const auto keys = evictable_keys();
                      if (std::none_of(keys.begin(), keys.end(),
                                       [](const auto& key) { return key.id == own_key("a"); }))
                          trouble += "a key without an end was left";
                  }
                  return trouble;
              }),
              "");
}

// What Docker's default profile (EPERM) and LXC (ENOSYS) answer to the three calls (KR-2).
std::string forbid_keyrings(int error_number) {
    const auto nr = [](long number) { return static_cast<std::uint32_t>(number); };
    const auto deny = SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error_number) & 0xffffU);
    std::array<sock_filter, 6> code{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr(SYS_keyctl), 2, 0),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr(SYS_add_key), 1, 0),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr(SYS_request_key), 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, deny),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog program{code.size(), code.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return "no seccomp here";
    return "";
}

class ForbiddenKeyring : public testing::TestWithParam<int> {};

TEST_P(ForbiddenKeyring, KR_2_IsUnavailable) {
    EXPECT_EQ(in_child([]() -> std::string {
                  std::string trouble = forbid_keyrings(GetParam());
                  const auto store = make_kernel_keyring_store();
                  const auto key = CacheKey::of({{"name", "a"}});
                  const auto check = [&](const std::string& what, const auto& result) {
                      if (result)
                          trouble += what + " worked; ";
                      else if (result.error().fault != StoreFault::unavailable)
                          trouble += what + ": " + result.error().message + "; ";
                  };
                  check("get", store->get(key));
                  check("put", store->put(key, Secret("x"), hour));
                  check("erase", store->erase(key));
                  check("list", store->list());
                  check("clear", store->clear());
                  return trouble;
              }),
              "");
}

INSTANTIATE_TEST_SUITE_P(Errors, ForbiddenKeyring, testing::Values(EPERM, ENOSYS),
                         [](const auto& given) {
                             return given.param == EPERM ? "EPERM" : "ENOSYS";
                         });

} // namespace
} // namespace leasehold::cache
