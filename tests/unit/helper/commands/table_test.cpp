// Walks the table of commands: what a kubeconfig may run, and what nobody but leasehold may.
#include "helper/commands/command.hpp"
#include "helper/commands/commands.hpp"
#include "helper/commands/dispatch.hpp"
#include "helper/commands/topics.hpp"
#include "helper/providers/table.hpp"
#include "src/lease/providers.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
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

// The words behind each "leasehold" in what a person would type, as a shell reads them.
std::vector<std::vector<std::string>> command_lines(std::string_view example) {
    std::vector<std::vector<std::string>> lines;
    constexpr std::string_view program = "leasehold ";
    for (std::size_t at = 0; (at = example.find(program, at)) != example.npos;) {
        at += program.size();
        std::string text(example.substr(at, example.find_first_of("|>)", at) - at));
        std::erase_if(text, [](char c) { return c == '\\' || c == '\''; });
        lines.push_back(words_of(text));
    }
    return lines;
}

// A row of the table takes these words.
void expect_parses(const std::vector<std::string>& line, std::string_view wanted) {
    const Command* found = nullptr;
    std::string name;
    std::size_t count = 0;
    for (std::size_t i = 0; i < line.size() && i < 3; ++i) {
        name += (i == 0 ? "" : " ") + line[i];
        for (const Command& command : commands())
            if (command.words == name) {
                found = &command;
                count = i + 1;
            }
    }
    ASSERT_NE(found, nullptr) << testing::PrintToString(line);
    if (!wanted.empty()) {
        EXPECT_EQ(found->words, wanted);
    }
    Options options(std::string(found->words), found->usage, found->about);
    found->declare(options);
    const auto parsed =
        options.parse({line.begin() + static_cast<std::ptrdiff_t>(count), line.end()});
    EXPECT_TRUE(parsed) << testing::PrintToString(line) << ": " << parsed.error().message;
    if (parsed && !options.formats().empty()) {
        EXPECT_TRUE(options.format()) << testing::PrintToString(line);
    }
}

// Three that differ, narrow enough for a terminal, and each a real command line.
void expect_examples(const std::vector<std::string>& examples, std::string_view wanted) {
    ASSERT_EQ(std::set<std::string>(examples.begin(), examples.end()).size(), 3U) << wanted;
    for (const std::string& example : examples) {
        SCOPED_TRACE(example);
        std::istringstream stream(example);
        for (std::string line; std::getline(stream, line);)
            EXPECT_LE(line.size(), 78U);
        const auto lines = command_lines(example);
        EXPECT_FALSE(lines.empty());
        for (const auto& line : lines)
            expect_parses(line, wanted);
    }
}

TEST(CommandTable, EveryCommandHasThreeExamplesThatParse) {
    for (const Command& command : commands())
        if (*command.summary != '\0') {
            Options options(std::string(command.words), command.usage, command.about);
            command.declare(options);
            expect_examples(options.examples(), command.words);
        }
}

TEST(Topics, HaveThreeExamplesThatParse) {
    std::set<std::string_view> names{"topics"};
    for (const Topic& topic : topics()) {
        EXPECT_TRUE(names.insert(topic.name).second) << topic.name;
        for (const Command& command : commands())
            EXPECT_NE(command.words, topic.name) << "'leasehold help' tells of the command";
        expect_examples({topic.examples.begin(), topic.examples.end()}, "");
    }
}

// Where the text of a topic, of a row or of a flag names a command, there is one.
TEST(Topics, NameCommandsThatThereAre) {
    for (const Topic& topic : topics())
        for (const TopicLine& line : topic.lines)
            for (std::string_view rest = line.text; rest.find("'leasehold ") != rest.npos;) {
                rest.remove_prefix(rest.find("'leasehold ") + 11);
                const auto words = words_of(rest.substr(0, rest.find('\'')));
                if (words.front() == "help")
                    EXPECT_NE(find_topic(words.at(1)), nullptr) << words.at(1);
                else
                    expect_parses(words, "");
            }
}

// Whole commands in a line of text, between backticks; not those with parts left open.
void add_quoted(const std::string& line, std::vector<std::string>& shown) {
    std::istringstream stream(line);
    bool is_code = false;
    for (std::string part; std::getline(stream, part, '`'); is_code = !is_code)
        if (is_code && part.starts_with("leasehold ") &&
            part.find_first_of("|[{*<\xe2") == part.npos)
            shown.push_back(part);
}

// What the documents' console blocks have behind their prompts, a line that goes on as one, and
// what their text quotes.
std::vector<std::string> commands_shown(const std::filesystem::path& page) {
    std::ifstream file(page);
    std::vector<std::string> shown;
    bool in_console = false;
    bool goes_on = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("```"))
            in_console = line == "```console";
        else if (in_console && line.starts_with("$ "))
            shown.push_back(line.substr(0, line.find(" #")));
        else if (in_console && goes_on)
            shown.back() += ' ' + line.substr(0, line.find(" #"));
        else if (!in_console)
            add_quoted(line, shown);
        goes_on = line.ends_with('\\');
    }
    return shown;
}

TEST(Documents, ShowCommandLinesThatThereAre) {
    const std::filesystem::path root = LEASEHOLD_SOURCE_DIR;
    std::vector<std::filesystem::path> pages{root / "README.md"};
    for (const auto& entry : std::filesystem::directory_iterator(root / "docs"))
        if (entry.path().extension() == ".md")
            pages.push_back(entry.path());
    std::size_t count = 0;
    for (const auto& page : pages)
        for (const std::string& shown : commands_shown(page)) {
            SCOPED_TRACE(page.filename().string() + ": " + shown);
            for (const auto& line : command_lines(shown)) {
                ++count;
                if (line.front() != "help") // TOPIC, or a command's words
                    expect_parses(line, "");
            }
        }
    EXPECT_GT(count, 100U);
}

TEST(ProviderTables, NameTheSameProviders) {
    ASSERT_EQ(provider_rows().size(), lease::provider_kinds().size());
    for (std::size_t i = 0; i < provider_rows().size(); ++i)
        EXPECT_EQ(provider_rows()[i].name, lease::provider_kinds()[i].name);
}

// What a row leaves out is null: designated initializers say nothing of it.
TEST(ProviderTables, EveryRowIsComplete) {
    for (const lease::ProviderKind& kind : lease::provider_kinds()) {
        SCOPED_TRACE(kind.name);
        EXPECT_GT(kind.shortest_ttl, Seconds(0));
        EXPECT_NE(kind.why_shortest, "");
        EXPECT_GE(kind.usual_deadline, lease::shortest_deadline);
        EXPECT_LE(kind.usual_deadline, lease::longest_deadline);
        EXPECT_NE(kind.kept_hint, "");
        EXPECT_TRUE(kind.read && kind.identity && kind.shown && kind.leased && kind.kept &&
                    kind.asker && kind.groups);
    }
    for (const ProviderRow& row : provider_rows()) {
        SCOPED_TRACE(row.name);
        EXPECT_NE(row.heading, "");
        EXPECT_NE(row.least, "");
        EXPECT_TRUE(row.draft && row.make_side);
    }
}

// To the parser a flag of two providers is one, and which it is is not known before.
TEST(ProviderTables, AFlagOfTwoProvidersTakesAsMuch) {
    enum class Takes { nothing, one, many };
    std::map<std::string_view, Takes> known;
    for (const lease::ProviderKind& kind : lease::provider_kinds()) {
        std::set<std::string_view> own;
        for (const lease::FieldGroup& group : kind.groups())
            for (const lease::FieldFacts& facts : group.fields)
                for (const std::string_view flag : {facts.flag, facts.no_flag}) {
                    if (flag.empty())
                        continue;
                    EXPECT_TRUE(own.insert(flag).second) << kind.name << " has twice --" << flag;
                    const Takes takes = facts.form == lease::FieldForm::truth  ? Takes::nothing
                                        : facts.form == lease::FieldForm::list ? Takes::many
                                                                               : Takes::one;
                    EXPECT_EQ(known.emplace(flag, takes).first->second, takes) << "--" << flag;
                }
    }
}

// A setting's flag would be taken for the common one.
TEST(ProviderTables, NoFlagIsACommonOne) {
    Options options("setup", "", "");
    declare_setup(options);
    std::multiset<std::string> declared;
    for (const Options::Declared& option : options.declared())
        declared.insert(option.name);
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::FieldGroup& group : kind.groups())
            for (const lease::FieldFacts& facts : group.fields)
                declared.erase(declared.lower_bound(std::string(facts.flag)),
                               declared.upper_bound(std::string(facts.flag)));
    for (const char* common : {"server", "ttl", "provider", "namespace", "context", "store"})
        EXPECT_EQ(declared.count(common), 1U) << common;
}

} // namespace
} // namespace leasehold::helper
