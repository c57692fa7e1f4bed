#include "cache/kernel_keyring/keyring.hpp"
#include "cache/notes/clearance.hpp"
#include "src/base/digest.hpp"
#include "tests/unit/cache/kernel_keyring/isolated.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace leasehold::cache {
namespace {

using test::in_isolation;

const std::string key_digest = sha256_hex("key");
constexpr Seconds hour{3600};

ClearanceQuestion question() {
    ClearanceQuestion asked;
    asked.profile_path = "/home/u/.config/leasehold/profiles/prod.yaml";
    asked.profile = {1, 2, 3, 4, 5};
    asked.exec_info = R"({"kind":"ExecCredential"})";
    asked.api_version_argument = "";
    return asked;
}

// "key version", "(none)" or "(fault)".
std::string found(const std::string& digest) {
    const auto clearance = find_clearance(*make_kernel_keyring_store(), digest);
    if (!clearance)
        return "(fault) " + clearance.error().message;
    return *clearance ? (*clearance)->key_digest_hex + ' ' + (*clearance)->api_version : "(none)";
}

TEST(ClearanceDigest, DependsOnEveryPartOfTheQuestion) {
    std::set<std::string> seen{clearance_digest(question())};
    const auto changed = [&](auto change) {
        ClearanceQuestion other = question();
        change(other);
        EXPECT_TRUE(seen.insert(clearance_digest(other)).second) << seen.size();
    };
    changed([](auto& q) { q.profile_path += "x"; });
    changed([](auto& q) { ++q.profile.device; });
    changed([](auto& q) { ++q.profile.inode; });
    changed([](auto& q) { ++q.profile.size; });
    changed([](auto& q) { ++q.profile.modified_ns; });
    changed([](auto& q) { ++q.profile.changed_ns; });
    changed([](auto& q) { q.exec_info += "\n"; });
    changed([](auto& q) { q.exec_info = ""; });
    changed([](auto& q) { q.exec_info = std::string(100'000, 'x'); });
    changed([](auto& q) { q.exec_info = std::string(100'000, 'y'); });
    changed([](auto& q) { q.api_version_argument = "v1"; });
    EXPECT_EQ(clearance_digest(question()), clearance_digest(question()));
    EXPECT_EQ(clearance_digest(question()).size(), 64U);
}

class Clearance : public test::KeyringTest {};

TEST_F(Clearance, ComesBackAndEnds) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  const std::string digest = clearance_digest(question());
                  if (found(digest) != "(none)")
                      return "found before it was recorded: " + found(digest);
                  const std::string version = "client.authentication.k8s.io/v1";
                  const auto store = make_kernel_keyring_store();
                  if (!record_clearance(*store, digest,
                                        {key_digest, version, {}, "", "", Seconds(77)}, Seconds(1)))
                      return "cannot be recorded";
                  if ((*find_clearance(*store, digest))->recheck != Seconds(77))
                      return "it does not tell how often to ask";
                  if (found(digest) != key_digest + ' ' + version)
                      return found(digest);
                  std::this_thread::sleep_for(Milliseconds(1200));
                  return found(digest) == "(none)" ? "" : "it did not end";
              }),
              "");
}

TEST_F(Clearance, GoesWithClearAndIsNoEntry) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  const std::string digest = clearance_digest(question());
                  const auto store = make_kernel_keyring_store();
                  const auto key = CacheKey::of({{"name", "a"}});
                  if (!record_clearance(*store, digest, {key_digest, "v1"}, hour) ||
                      !store->put(key, Secret("token"), hour))
                      return "cannot be recorded";
                  if (store->list()->size() != 1)
                      return "it is listed as a token";
                  if (*store->clear() != 1)
                      return "it is counted as a token";
                  return found(digest) == "(none)" ? "" : "it outlived clear()";
              }),
              "");
}

// What the front holds the files against that the lease depends on: a CA, say, or a token.
TEST_F(Clearance, ComesBackWithTheFilesThatItHangsOn) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  const std::string digest = clearance_digest(question());
                  const auto store = make_kernel_keyring_store();
                  cache::Clearance clearance{key_digest, "v1"};
                  while (clearance.files.size() < most_watched_files)
                      clearance.files.push_back(
                          {"/etc/ca " + std::to_string(clearance.files.size()) + "\n",
                           {1, 18'446'744'073'709'551'615U, 3, -4, 5}});
                  if (!record_clearance(*store, digest, clearance, hour))
                      return "cannot be recorded";
                  const auto back = find_clearance(*store, digest);
                  if (!back || !*back || (*back)->files.size() != clearance.files.size())
                      return "not all files came back";
                  for (std::size_t i = 0; i < clearance.files.size(); ++i)
                      if ((*back)->files[i].path != clearance.files[i].path ||
                          (*back)->files[i].identity != clearance.files[i].identity)
                          return "another file came back";
                  clearance.files.push_back(clearance.files.front());
                  if (!record_clearance(*store, digest, clearance, hour))
                      return "cannot be recorded again";
                  return found(digest) == "(none)" ? "" : "more than a hit may look at";
              }),
              "");
}

TEST_F(Clearance, OnlyItsOwnFormIsBelieved) {
    EXPECT_EQ(in_isolation([]() -> std::string {
                  const std::string digest = clearance_digest(question());
                  const std::string key = "key " + key_digest + "\n";
                  const std::string rest = "variables \nvalues \nrecheck 0\n";
                  const std::string good = key + "api-version v1\n" + rest;
                  const auto seen = [&](const std::string& text) {
                      return keyring_write(clearance_description(digest), text, hour)
                                 ? found(digest)
                                 : "cannot write";
                  };
                  for (const std::string& text : {good, good + "file /a\nis 1 2 3 4 5\n"})
                      if (seen(text) != key_digest + " v1")
                          return seen(text) + ": " + text;
                  for (const std::string& text :
                       {std::string("x"), key, key + "api-version v1\n", good + "more x\n",
                        "key ../../x\napi-version v1\n" + rest, key + "api-version v\x01\n" + rest,
                        "api-version v1\n" + key + rest, key + "api-version v1\nvariables \n",
                        key + "api-version v1\nvariables \nvalues \nrecheck -1\n",
                        good + "file /a\n", good + "file /a\nis 1 2 3 4\n",
                        good + "file /a\nis 1 2 3 4 5 6\n", good + "file /a\nis 1 2 3 4 x\n",
                        good + "file /a\nis x 2 3 4 5\n", good + "is 1 2 3 4 5\n"})
                      if (seen(text) != "(none)")
                          return seen(text) + ": " + text;
                  return "";
              }),
              "");
}

} // namespace
} // namespace leasehold::cache
