// A corpus of kubeconfigs as people and tools write them: kubeconfig/NAME/before.yaml is edited and
// must become after.yaml; removing what was added must give before.yaml back, byte for byte.
//
// LEASEHOLD_ACCEPT=1 in the environment writes each after.yaml anew that differs, and fails for it:
// what was accepted wants a review.
#include "kubeconfig/document/document.hpp"
#include "tests/unit/kubeconfig/sample_entry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace leasehold::kubeconfig {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> corpus() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(LEASEHOLD_KUBECONFIG_CORPUS))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

class KubeconfigGolden : public ::testing::TestWithParam<std::string> {
protected:
    fs::path folder() const { return fs::path(LEASEHOLD_KUBECONFIG_CORPUS) / GetParam(); }
    std::string before() const { return read(folder() / "before.yaml"); }

    KubeconfigDocument document(std::string text) const {
        auto parsed = KubeconfigDocument::parse(std::move(text), GetParam());
        if (!parsed)
            throw std::runtime_error(parsed.error().message);
        return *std::move(parsed);
    }
    static void add(KubeconfigDocument& document, const std::string& name, bool set_current) {
        const auto added = document.upsert(sample_entry(name), false);
        ASSERT_TRUE(added) << added.error().message;
        ASSERT_EQ(added->size(), 3u);
        if (!set_current)
            return;
        const auto pointed = document.set_current_context(name);
        ASSERT_TRUE(pointed) << pointed.error().message;
        ASSERT_EQ(document.current_context(), name);
    }
    static void remove(KubeconfigDocument& document, const std::string& name) {
        const auto removed = document.remove(name);
        ASSERT_TRUE(removed) << removed.error().message << "\nin:\n" << document.text();
        ASSERT_GE(removed->size(), 3u);
    }
};

TEST_P(KubeconfigGolden, AddGivesTheAcceptedText) {
    KubeconfigDocument edited = document(before());
    ASSERT_NO_FATAL_FAILURE(add(edited, "prod", false));
    const std::string accepted = read(folder() / "after.yaml");
    if (std::getenv("LEASEHOLD_ACCEPT") != nullptr && edited.text() != accepted) {
        std::ofstream(folder() / "after.yaml", std::ios::binary) << edited.text();
        FAIL() << "accepted a new " << folder() / "after.yaml"
               << ": review the difference (git diff), and run without LEASEHOLD_ACCEPT";
    }
    EXPECT_EQ(edited.text(), accepted)
        << "if this is meant, run with LEASEHOLD_ACCEPT=1 and review the difference";
}

TEST_P(KubeconfigGolden, EveryLineOfTheOriginalIsStillThere) {
    KubeconfigDocument edited = document(before());
    ASSERT_NO_FATAL_FAILURE(add(edited, "prod", false));
    // In JSON an element is put inside a line, in block style never.
    const YamlNode root = *parse_yaml(before(), GetParam());
    if (root.flow || GetParam() == "flow-lists-in-block" ||
        GetParam() == "empty-lists-on-next-line")
        return;
    std::size_t at = 0;
    std::string text = before();
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        std::string line = text.substr(begin, end - begin);
        begin = end;
        // A null or [] that makes room for a list is the one thing that goes.
        if (line.find("[") != std::string::npos || line.find("ull") != std::string::npos ||
            line.find("NULL") != std::string::npos || line.find('~') != std::string::npos)
            continue;
        const std::size_t found = edited.text().find(line, at);
        ASSERT_NE(found, std::string::npos) << "lost or moved: " << line << "\nin:\n"
                                            << edited.text();
        at = found + line.size();
    }
}

TEST_P(KubeconfigGolden, AddIsIdempotent) {
    KubeconfigDocument edited = document(before());
    ASSERT_NO_FATAL_FAILURE(add(edited, "prod", true));
    KubeconfigDocument again = document(edited.text());
    const auto changes = again.upsert(sample_entry("prod"), false);
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_TRUE(changes->empty());
    EXPECT_TRUE(again.set_current_context("prod")->empty());
    EXPECT_EQ(again.text(), edited.text());
}

TEST_P(KubeconfigGolden, RemoveOfNothingChangesNothing) {
    KubeconfigDocument edited = document(before());
    const auto changes = edited.remove("prod");
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_TRUE(changes->empty());
    EXPECT_EQ(edited.text(), before());
}

TEST_P(KubeconfigGolden, AddAndRemoveGiveTheOriginalBack) {
    for (const bool set_current : {false, true}) {
        KubeconfigDocument edited = document(before());
        ASSERT_NO_FATAL_FAILURE(add(edited, "prod", set_current));
        KubeconfigDocument reread = document(edited.text());
        ASSERT_NO_FATAL_FAILURE(remove(reread, "prod"));
        EXPECT_EQ(reread.text(), before()) << "set_current=" << set_current << ", added:\n"
                                           << edited.text();
    }
}

// Three entries, some of them made current, removed in every order.
TEST_P(KubeconfigGolden, SeveralEntriesInAnyOrder) {
    for (const unsigned current : {0u, 3u, 5u, 7u}) {
        std::vector<std::string> names = {"one", "three", "two"};
        do {
            KubeconfigDocument edited = document(before());
            ASSERT_NO_FATAL_FAILURE(add(edited, "one", (current & 1u) != 0));
            ASSERT_NO_FATAL_FAILURE(add(edited, "two", (current & 2u) != 0));
            ASSERT_NO_FATAL_FAILURE(add(edited, "three", (current & 4u) != 0));
            for (const std::string& name : names)
                ASSERT_NO_FATAL_FAILURE(remove(edited, name));
            ASSERT_EQ(edited.text(), before())
                << "current=" << current << ' ' << ::testing::PrintToString(names);
        } while (std::next_permutation(names.begin(), names.end()));
    }
}

// Every way to add and to take away several at once is the same as one by one.
TEST_P(KubeconfigGolden, SeveralAtOnceAreSeveralOneByOne) {
    const std::vector<std::string> names = {"one", "two", "three"};
    std::vector<Entry> entries;
    KubeconfigDocument serial = document(before());
    for (const std::string& name : names) {
        entries.push_back(sample_entry(name));
        ASSERT_NO_FATAL_FAILURE(add(serial, name, false));
    }
    KubeconfigDocument added = document(before());
    const auto changes = added.upsert(entries, false);
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ(changes->size(), 3 * names.size());
    ASSERT_EQ(added.text(), serial.text());
    EXPECT_TRUE(added.upsert(entries, false)->empty()) << "again";

    for (unsigned pointed = 0; pointed < 8; ++pointed) {
        KubeconfigDocument start = added;
        for (unsigned i = 0; i < names.size(); ++i)
            if ((pointed >> i & 1U) != 0) {
                ASSERT_TRUE(start.set_current_context(names[i]));
            }
        for (unsigned taken = 1; taken < 8; ++taken) {
            KubeconfigDocument one_by_one = start;
            ProfileNames together;
            for (unsigned i = 0; i < names.size(); ++i)
                if ((taken >> i & 1U) != 0) {
                    ASSERT_NO_FATAL_FAILURE(remove(one_by_one, names[i]));
                    together.insert(names[i]);
                }
            KubeconfigDocument at_once = start;
            const auto removed = at_once.remove(together);
            ASSERT_TRUE(removed) << removed.error().message << "\nin:\n" << start.text();
            ASSERT_EQ(at_once.text(), one_by_one.text())
                << ::testing::PrintToString(together) << " of:\n"
                << start.text();
            ASSERT_TRUE(at_once.remove({"one", "two", "three"}));
            ASSERT_EQ(at_once.text(), before()) << "pointed=" << pointed << ' ' << taken;
        }
    }
}

TEST_P(KubeconfigGolden, SeveralChangedAtOnceAreReplacedInTheirPlaces) {
    std::vector<Entry> entries;
    for (const char* name : {"one", "two", "three", "four"})
        entries.push_back(sample_entry(name));
    KubeconfigDocument edited = document(before());
    ASSERT_TRUE(edited.upsert({entries[0], entries[1], entries[2]}, false));
    KubeconfigDocument serial = edited;
    for (Entry& entry : entries)
        entry.server += "/other";
    for (const Entry& entry : entries)
        ASSERT_TRUE(serial.upsert(entry, false));
    const auto changes = edited.upsert(entries, false);
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ(changes->size(), 3U + 3U) << "three clusters, and all of the fourth one";
    EXPECT_EQ(edited.text(), serial.text());
}

TEST_P(KubeconfigGolden, AChangedEntryIsReplacedInItsPlace) {
    KubeconfigDocument edited = document(before());
    ASSERT_NO_FATAL_FAILURE(add(edited, "prod", false));
    const std::string added = edited.text();
    Entry changed = sample_entry("prod");
    changed.server = "https://elsewhere.example";
    const auto changes = edited.upsert(changed, false);
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_THAT(*changes,
                ::testing::ElementsAre(Change{Change::Action::replaced, "cluster", "prod"}));
    std::string expected = added;
    const std::string old = "https://prod.example:6443";
    expected.replace(expected.find(old), old.size(), changed.server);
    EXPECT_EQ(edited.text(), expected);
    ASSERT_NO_FATAL_FAILURE(remove(edited, "prod"));
    EXPECT_EQ(edited.text(), before());
}

INSTANTIATE_TEST_SUITE_P(Corpus, KubeconfigGolden, ::testing::ValuesIn(corpus()),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

} // namespace
} // namespace leasehold::kubeconfig
