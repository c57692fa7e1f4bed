// Walks the table of commands: what a kubeconfig may run, and what nobody but leasehold may.
#include "helper/commands/command.hpp"
#include "helper/commands/dispatch.hpp"
#include "helper/providers/table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace leasehold::helper {
namespace {

std::vector<std::string> words_of(std::string_view text) {
    std::istringstream stream{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

int run(std::vector<std::string> arguments, Environment::Variables variables) {
    const ManualClock clock;
    // No directory is given: a command that got further than the check would fail otherwise.
    Process process{std::move(arguments), Environment(std::move(variables)), {}, clock, "", ""};
    return dispatch(process);
}

TEST(CommandTable, AClientMayRunNothingButThePlugin) {
    std::set<std::string> allowed;
    for (const Command& command : commands()) {
        if (command.callers == Callers::clients) {
            allowed.emplace(command.words);
            continue;
        }
        for (const char* value : {"", "{}"}) {
            testing::internal::CaptureStderr();
            const int code = run(words_of(command.words), {{"KUBERNETES_EXEC_INFO", value}});
            const std::string said = testing::internal::GetCapturedStderr();
            EXPECT_EQ(code, 2) << command.words << ": " << said;
            EXPECT_TRUE(said.find("a kubeconfig may not run") != std::string::npos ||
                        command.callers == Callers::background)
                << command.words << ": " << said;
        }
    }
    EXPECT_EQ(allowed, (std::set<std::string>{"credential", "version"}));
}

TEST(CommandTable, NobodyElseStartsWhatLeaseholdStartsItself) {
    for (const Command& command : commands())
        if (command.callers == Callers::background) {
            auto words = words_of(command.words);
            words.insert(words.end(), {"--profile", "x"});
            testing::internal::CaptureStderr();
            EXPECT_EQ(run(words, {}), 2) << command.words;
            EXPECT_NE(testing::internal::GetCapturedStderr().find("started by leasehold itself"),
                      std::string::npos)
                << command.words;
        }
}

TEST(CommandTable, EveryRowIsComplete) {
    std::set<std::string_view> names;
    for (const Command& command : commands()) {
        EXPECT_TRUE(names.insert(command.words).second) << command.words << " is there twice";
        if (*command.summary == '\0')
            continue;
        EXPECT_NE(std::string_view(command.about), "") << command.words;
        Options options(std::string(command.words), command.usage, command.about);
        if (command.declare != nullptr)
            command.declare(options);
        // What a row needs, its options must be able to say.
        EXPECT_TRUE(command.needs == Needs::nothing || options.declares("NAME") ||
                    options.declares("profile"))
            << command.words;
    }
}

TEST(ProviderTables, NameTheSameProviders) {
    ASSERT_EQ(provider_rows().size(), lease::provider_kinds().size());
    for (std::size_t i = 0; i < provider_rows().size(); ++i)
        EXPECT_EQ(provider_rows()[i].name, lease::provider_kinds()[i].name);
}

} // namespace
} // namespace leasehold::helper
