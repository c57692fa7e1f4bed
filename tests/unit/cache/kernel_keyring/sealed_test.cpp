// Leases for which the key quota has no room.
#include "cache/kernel_keyring/keyring.hpp"
#include "cache/kernel_keyring/quota.hpp"
#include "cache/kernel_keyring/sealed_files.hpp"
#include "cache/kernel_keyring/sealing_key.hpp"
#include "cache/record/key.hpp"
#include "src/base/fd.hpp"
#include "tests/support/left_out.hpp"
#include "tests/unit/cache/kernel_keyring/isolated.hpp"

#include <gtest/gtest.h>
#include <keyutils.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

namespace fs = std::filesystem;

constexpr Seconds hour{3600};
constexpr int all_sealed = 0;

CacheKey key(const std::string& name) {
    return CacheKey::of({{"name", name}});
}

// A runtime directory of whoever runs the piece of the test. Answers what went wrong.
std::string with_directory(const std::function<std::string(const std::string& directory)>& run) {
    return test::in_isolation([&]() -> std::string {
        std::string directory = "/tmp/leasehold-sealed-XXXXXX";
        if (::mkdtemp(directory.data()) == nullptr)
            return "no directory";
        std::string trouble = run(directory);
        fs::remove_all(directory);
        return trouble;
    });
}

std::string put(QuickStore& store, const std::string& name, std::string_view bytes,
                Seconds life = hour) {
    const auto kept = store.put(key(name), Secret(bytes), life);
    return kept ? "" : "cannot put " + name + ": " + kept.error().message + "; ";
}

std::string text(QuickStore& store, const std::string& name) {
    const auto found = store.get(key(name));
    if (!found)
        return "(fault) " + found.error().message;
    return *found ? std::string((**found).reveal()) : "(none)";
}

std::string expect(const std::string& what, const std::string& seen, const std::string& wanted) {
    return seen == wanted
               ? ""
               : what + ": " + seen.substr(0, 60) + " instead of " + wanted.substr(0, 60) + "; ";
}

std::vector<fs::path> files_in(const std::string& directory) {
    std::vector<fs::path> files;
    if (fs::exists(directory + "/sealed"))
        for (const auto& entry : fs::directory_iterator(directory + "/sealed"))
            files.push_back(entry.path());
    return files;
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Sealed : public test::KeyringTest {};

// KR-8, as a user with the usual quota of 20 000 bytes and 200 keys.
TEST_F(Sealed, KR_8_ThreeHundredLeasesAndTheirClearancesAreKept) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has the usual quota
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  const auto store = make_kernel_keyring_store({.runtime_directory = directory});
                  std::string trouble;
                  for (int i = 0; i < 300 && trouble.empty(); ++i) {
                      const std::string name = std::to_string(i);
                      trouble += put(*store, name, name + std::string(1900, 'x'));
                      if (!store->write(EntryKind::clearance, key(name).digest_hex(), Secret(name),
                                        hour, key(name).digest_hex()))
                          trouble += "no clearance " + name + "; ";
                  }
                  for (int i = 0; i < 300; ++i) {
                      const std::string name = std::to_string(i);
                      trouble += expect(name, text(*store, name), name + std::string(1900, 'x'));
                      const auto clearance =
                          store->read(EntryKind::clearance, key(name).digest_hex());
                      if (!clearance || !*clearance)
                          trouble += "clearance " + name + " is gone; ";
                  }
                  const KeyQuota quota = key_quota();
                  if (quota.bytes > quota.most_bytes * 3 / 4 + 100 ||
                      quota.keys > quota.most_keys * 3 / 4 + 1)
                      trouble += "other programs are left no room; ";
                  if (keyring_evictions().count != 0)
                      trouble += "leases gave way; ";
                  trouble += expect("listed", std::to_string(store->list()->size()), "300");
                  trouble += expect("cleared", std::to_string(*store->clear()), "300");
                  return trouble + expect("left", std::to_string(files_in(directory).size()), "0");
              }),
              "");
}

TEST_F(Sealed, KR_8_AFileTellsNothingAndOpensNothingWithoutItsKey) {
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  const auto store = make_kernel_keyring_store({directory, all_sealed});
                  std::string trouble = put(*store, "a", "token-a");
                  trouble += expect("at once", text(*store, "a"), "token-a");
                  for (const fs::path& path : files_in(directory))
                      if (content_of(path).find("token-a") != std::string::npos)
                          trouble += "the token shows; ";
                  trouble += expect("files", std::to_string(files_in(directory).size()), "1");
                  (void)keyring_erase(sealing_description(sealing_hour(::time(nullptr) + 3600)));
                  const auto other = make_kernel_keyring_store({directory, all_sealed});
                  trouble += expect("without the key", text(*other, "a"), "(none)");
                  trouble += put(*other, "a", "token-b");
                  return trouble + expect("again", text(*other, "a"), "token-b");
              }),
              "");
}

TEST_F(Sealed, KR_8_AnothersFileOrADamagedOneIsAMiss) {
    EXPECT_EQ(with_directory([](const std::string& directory) -> std::string {
                  const auto store = make_kernel_keyring_store({directory, all_sealed});
                  std::string trouble = put(*store, "a", "token-a");
                  const fs::path path = files_in(directory).at(0);
                  const std::string good = content_of(path);
                  const fs::path of_b = path.parent_path() / (key("b").digest_hex() + ".sealed");
                  fs::copy_file(path, of_b);
                  trouble += expect("a copy", text(*store, "b"), "(none)");
                  std::string renamed = good;
                  renamed.replace(renamed.find(key("a").digest_hex()), 64, key("b").digest_hex());
                  std::ofstream(of_b) << renamed;
                  trouble += expect("a new header", text(*store, "b"), "(none)");
                  for (std::size_t at = 0; at < good.size(); ++at) {
                      std::string damaged = good;
                      damaged[at] = static_cast<char>(damaged[at] ^ 1);
                      std::ofstream(path) << damaged;
                      trouble += expect("damaged", text(*store, "a"), "(none)");
                      std::ofstream(path) << good.substr(0, at);
                      trouble += expect("cut off", text(*store, "a"), "(none)");
                  }
                  trouble += put(*store, "a", "token-c");
                  return trouble + expect("put again", text(*store, "a"), "token-c");
              }),
              "");
}

// The lines of /proc/keys for sealing keys, by serial. It shows this user's keys of other
// namespaces, too, such as those of another run of this test.
std::map<std::string, std::string> sealing_keys() {
    std::map<std::string, std::string> found;
    std::ifstream keys("/proc/keys");
    for (std::string line; std::getline(keys, line);)
        if (line.find("leasehold:1:s:") != std::string::npos)
            found.emplace(line.substr(0, line.find(' ')), line);
    return found;
}

// The kernel forgets what lasts an hour in an hour, whatever else is sealed.
TEST_F(Sealed, KR_8_TheKeysHaveTheEndOfTheirEntries) {
    EXPECT_EQ(sealing_hour(0), 0);
    EXPECT_EQ(sealing_hour(7200), 2);
    EXPECT_EQ(sealing_hour(7201), 3);
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  const auto before = sealing_keys();
                  const auto store = make_kernel_keyring_store({directory, all_sealed});
                  std::string trouble = put(*store, "short", "x", Seconds(600));
                  trouble +=
                      put(*store, "long", "x", 20 * hour) + put(*store, "kept", "x", Seconds(0));
                  int ended = 0;
                  int endless = 0;
                  for (const auto& [serial, line] : sealing_keys()) {
                      if (before.count(serial) != 0)
                          continue;
                      ended += line.find(" perm ") == std::string::npos ? 1 : 0;
                      endless += line.find("leasehold:1:s:0:") == std::string::npos ? 0 : 1;
                  }
                  return trouble + expect("with an end", std::to_string(ended), "2") +
                         expect("without", std::to_string(endless), "1");
              }),
              "");
}

TEST_F(Sealed, KR_8_ManyWhoMakeTheKeyAtOnceGetTheSame) {
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  std::string trouble;
                  for (int round = 0; round < 10; ++round) {
                      const auto store = make_kernel_keyring_store({directory, all_sealed});
                      (void)store->clear();
                      std::vector<pid_t> writers;
                      for (int i = 0; i < 12; ++i) {
                          writers.push_back(::fork());
                          if (writers.back() == 0) {
                              const auto own = make_kernel_keyring_store({directory, all_sealed});
                              ::_exit(put(*own, std::to_string(i), "token").empty() ? 0 : 1);
                          }
                      }
                      for (const pid_t writer : writers)
                          (void)::waitpid(writer, nullptr, 0);
                      const auto reader = make_kernel_keyring_store({directory, all_sealed});
                      for (int i = 0; i < 12; ++i)
                          trouble +=
                              expect(std::to_string(i), text(*reader, std::to_string(i)), "token");
                  }
                  return trouble;
              }),
              "");
}

TEST_F(Sealed, KR_8_WhoWouldMakeTheKeyWaitsForWhoDoes) {
    EXPECT_EQ(with_directory([](const std::string& directory) -> std::string {
                  constexpr SealingHour last = 1'000'000;
                  const Fd maker(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
                  if (::flock(maker.get(), LOCK_EX) != 0)
                      return "no lock";
                  std::string seen;
                  std::thread other([&] {
                      const auto key = obtain_sealing_key(last, ::time(nullptr), directory, false);
                      seen = key ? std::string(key->key.reveal()) : key.error().message;
                  });
                  // So that the other has most likely looked for it in vain and waits.
                  std::this_thread::sleep_for(Milliseconds(50));
                  const std::string made(32, 'k');
                  const auto placed = keyring_place(sealing_description(last), made, hour);
                  (void)::flock(maker.get(), LOCK_UN);
                  other.join();
                  return placed ? expect("key", seen, made) : placed.error().message;
              }),
              "");
}

TEST_F(Sealed, KR_8_DeadFilesGoWhenANewKeyIsMade) {
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  const auto store = make_kernel_keyring_store({directory, all_sealed});
                  std::string trouble = put(*store, "a", "token-a", Seconds(1));
                  ::sleep(2);
                  trouble += put(*store, "b", "token-b", 30 * hour);
                  return trouble + expect("files", std::to_string(files_in(directory).size()), "1");
              }),
              "");
}

// FILE-3: also where an entry goes from a file to a key and back.
TEST_F(Sealed, KR_8_AKilledWriterLeavesTheOldOrTheNewEntry) {
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  const auto plain = make_kernel_keyring_store({.runtime_directory = directory});
                  std::string trouble = put(*plain, "a", std::string(500, 'a'));
                  for (int round = 0; round < 150 && trouble.empty(); ++round) {
                      const pid_t writer = ::fork();
                      if (writer == 0) {
                          const auto sealed = make_kernel_keyring_store({directory, all_sealed});
                          while (true)
                              for (const char c : {'a', 'b', 'c'})
                                  (void)put(c == 'b' ? *sealed : *plain, "a", std::string(500, c));
                      }
                      ::usleep(static_cast<useconds_t>(round * 23));
                      (void)::kill(writer, SIGKILL);
                      (void)::waitpid(writer, nullptr, 0);
                      const std::string left = text(*plain, "a");
                      if (left.size() != 500 ||
                          left.find_first_not_of(left[0]) != std::string::npos)
                          trouble += "after a kill: " + left.substr(0, 50);
                  }
                  return trouble;
              }),
              "");
}

TEST_F(Sealed, KR_3_WithoutADirectoryOlderLeasesGiveWayAndAreCounted) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has the usual quota
    EXPECT_EQ(test::in_isolation([] {
                  const auto store = make_kernel_keyring_store();
                  std::string trouble;
                  for (int i = 0; i < 15; ++i)
                      trouble += put(*store, std::to_string(i), std::string(1900, 'x'),
                                     Seconds(600 + 120 * i));
                  trouble += expect("the last", text(*store, "14"), std::string(1900, 'x'));
                  trouble += expect("the first", text(*store, "0"), "(none)");
                  const Evictions evictions = keyring_evictions();
                  if (evictions.count < 4 || evictions.count > 8 ||
                      evictions.last < ::time(nullptr) - 600)
                      trouble += std::to_string(evictions.count) + " are counted";
                  return trouble;
              }),
              "");
}

// What an old kernel has left in the other keyring alone is found behind the sealed files, too.
TEST_F(Sealed, KR_5_WhatOnlyThePersistentKeyringHasIsFound) {
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  const auto store = make_kernel_keyring_store({.runtime_directory = directory});
                  std::string trouble = put(*store, "a", "token-a");
                  (void)::keyctl_clear(KEY_SPEC_USER_KEYRING);
                  return trouble + expect("a", text(*store, "a"), "token-a");
              }),
              "");
}

TEST_F(Sealed, KR_8_OnlyWhatIsSealedIsToldAsSealed) {
    EXPECT_EQ(with_directory([](const std::string& directory) {
                  const auto room = [](QuickStore& store) { return store.state()->room; };
                  const auto plain = make_kernel_keyring_store({.runtime_directory = directory});
                  std::string trouble = put(*plain, "a", "token-a");
                  if (room(*plain).find("sealed") != std::string::npos)
                      trouble += "nothing is sealed, but: " + room(*plain) + "; ";
                  const auto sealing = make_kernel_keyring_store({directory, all_sealed});
                  trouble += put(*sealing, "b", "token-b");
                  const std::string wanted = "1 sealed in " + directory + "/sealed, ";
                  return trouble + expect("one", room(*sealing).substr(0, wanted.size()), wanted);
              }),
              "");
}

TEST_F(Sealed, KR_8_WithoutADirectoryNothingCouldBeSealed) {
    const KeyQuota empty{0, 200, 0, 20'000};
    EXPECT_FALSE(SealedFiles("").could_write(empty, hour)) << "'/' is no place for them, nor '.'";
    std::string directory = testing::TempDir() + "leasehold-sealed-XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    EXPECT_TRUE(SealedFiles(directory).could_write(empty, hour));
    fs::remove_all(directory);
}

// A clearance saves 20 ms, a lease an account in a cluster.
TEST_F(Sealed, KR_3_AClearanceMakesRoomForTheKeyBeforeAnyLease) {
    LEASEHOLD_NEED_ROOT(); // a uid of its own has the usual quota
    EXPECT_EQ(test::in_isolation([] {
                  const auto store = make_kernel_keyring_store();
                  std::string trouble;
                  int kept = 0;
                  // It ends last, so that by their ends it would go last.
                  if (!store->write(EntryKind::clearance, key("c").digest_hex(),
                                    Secret(std::string(1200, 'c')), 3 * hour, {}))
                      trouble = "no clearance; ";
                  while (has_room(key_quota(), 2000, 100))
                      trouble += put(*store, std::to_string(kept++), std::string(1800, 'x'));
                  const KeyQuota quota = key_quota();
                  const auto rest = static_cast<std::size_t>(quota.most_bytes - quota.bytes);
                  if (!keyring_write(sealing_description(1), std::string(rest + 200, 'k'), hour))
                      trouble += "no room was made; ";
                  for (int i = 0; i < kept; ++i)
                      trouble += expect("a lease", text(*store, std::to_string(i)),
                                        std::string(1800, 'x'));
                  const auto clearance = store->read(EntryKind::clearance, key("c").digest_hex());
                  return trouble + (clearance && !*clearance ? "" : "the clearance stayed");
              }),
              "");
}

TEST(KeyQuotaTest, IsReadFromProcKeyUsers) {
    const std::string text = "    0:   570 569/569 562/1000000 373486/25000000\n"
                             "65534:     6 6/6 5/200 574/20000\n";
    const KeyQuota quota = key_quota(text, 65534);
    EXPECT_EQ(quota.keys, 5);
    EXPECT_EQ(quota.most_keys, 200);
    EXPECT_EQ(quota.bytes, 574);
    EXPECT_EQ(quota.most_bytes, 20'000);
    EXPECT_TRUE(has_room(quota, 14'000, 75));
    EXPECT_FALSE(has_room(quota, 15'000, 75));
    EXPECT_FALSE(has_room({150, 200, 0, 20'000}, 1, 75));
    EXPECT_TRUE(has_room(key_quota(text, 1), 1'000'000, 75)) << "nothing is known of it";
}

} // namespace
} // namespace leasehold::cache
