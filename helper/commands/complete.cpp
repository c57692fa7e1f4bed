// The candidates for a word that is being typed. Nothing is run to know them: they come from the
// table of commands and from what is on this machine.
#include "helper/commands/command.hpp"
#include "helper/commands/commands.hpp"
#include "helper/commands/topics.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/providers/assembly.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>
#include <set>

namespace leasehold::helper {
namespace {

using Words = std::set<std::string>;

// As kubectl's plugins answer: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
constexpr const char* no_files = ":4\n";
constexpr const char* files_too = ":0\n";

bool starts(const std::string& word, std::string_view begin) {
    return word.starts_with(begin);
}

Words profile_names(const Process& process) {
    const auto names = lease::list_profiles(process.directories.profiles());
    return names ? Words(names->begin(), names->end()) : Words();
}

// Those of the files that kubectl reads; one that cannot be read hides none of the others.
Words contexts(const Process& process) {
    Words names;
    const auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment);
    if (!files)
        return names;
    for (const kubeconfig::ViewedFile& file : kubeconfig::look(*files).files)
        for (const kubeconfig::Listed& entry : file.listing.entries)
            if (entry.section == kubeconfig::Section::contexts)
                names.insert(entry.name);
    return names;
}

// Of every provider that has the flag.
std::vector<lease::FieldFacts> facts_of(const std::string& flag) {
    std::vector<lease::FieldFacts> found;
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::FieldGroup& group : kind.groups())
            for (const lease::FieldFacts& facts : group.fields)
                if (facts.flag == flag)
                    found.push_back(facts);
    return found;
}

Words choices_of(const std::string& flag) {
    Words words;
    for (const lease::FieldFacts& facts : facts_of(flag)) {
        std::string_view rest = facts.choices;
        while (!rest.empty()) {
            const std::string_view word = rest.substr(0, rest.find(' '));
            words.emplace(word);
            rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        }
    }
    return words;
}

bool takes_a_file(const std::string& flag) {
    for (const lease::FieldFacts& facts : facts_of(flag))
        if (facts.form == lease::FieldForm::path)
            return true;
    return flag.ends_with("-file") || flag.ends_with("kubeconfig") ||
           flag.ends_with("certificate-authority") || flag.ends_with("client-certificate") ||
           flag.ends_with("client-key");
}

Words values_of(const Process& process, const std::string& flag) {
    if (flag == "profile")
        return profile_names(process);
    if (flag == "provider") {
        Words names;
        for (const lease::ProviderKind& kind : lease::provider_kinds())
            names.emplace(kind.name);
        return names;
    }
    if (flag == "store") {
        const auto stores = lease::store_names();
        return {stores.begin(), stores.end()};
    }
    if (flag == "api-version" || flag == "exec-api-version")
        return {"v1", "v1beta1"};
    if (flag.ends_with("context"))
        return contexts(process);
    return choices_of(flag);
}

Words positional_values(const Process& process, std::string_view what) {
    if (what == "NAME")
        return profile_names(process);
    if (what == "ID")
        return lease_ids_at_hand(process);
    if (what == "SHELL")
        return {"bash", "zsh", "fish"};
    return {};
}

// A word that a person could type: no line of its own, nothing that is drawn as something else.
bool can_be_typed(const std::string& word) {
    return !word.empty() && word == hostile_text(word, word.size());
}

// One that no shell reads as more than a word. kubectl's scripts put words into the command line
// as they are, and up to 1.32 bash expanded them while completing.
bool is_plain(const std::string& word) {
    return std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_.,:/@%+=").find(c) != std::string_view::npos;
    });
}

// The next words of the commands that begin with those typed.
Words command_words(const std::string& typed) {
    Words next;
    for (const Command& command : commands()) {
        const std::string_view words = command.words;
        if (is_hidden(command) || (!typed.empty() && !words.starts_with(typed + ' ')))
            continue;
        const std::string_view rest = words.substr(typed.empty() ? 0 : typed.size() + 1);
        next.emplace(rest.substr(0, rest.find(' ')));
    }
    return next;
}

class Completing {
public:
    Completing(Process& process, Arguments words, bool plain_only)
        : process_(process), words_(std::move(words)), plain_only_(plain_only) {
        if (words_.empty())
            words_.emplace_back();
        last_ = words_.back();
        words_.pop_back();
    }

    void run() {
        const Command* command = find();
        if (command == nullptr)
            return answer(first_words(), no_files);
        Options options(std::string(command->words), "", "");
        if (command->declare != nullptr)
            command->declare(options);
        complete_arguments(options);
    }

private:
    const Command* find() {
        if (!words_.empty() && words_.front() == "help") {
            words_.erase(words_.begin());
            helps_ = true;
        }
        for (std::size_t count = std::min<std::size_t>(words_.size(), 3); count > 0; --count)
            for (const Command& command : commands())
                if (!is_hidden(command) && command.words == joined(count)) {
                    arguments_ = count;
                    return &command;
                }
        return nullptr;
    }

    // Of commands; behind "help" those of topics, too.
    [[nodiscard]] Words first_words() const {
        Words words = command_words(joined(words_.size()));
        if (words_.empty() && !helps_)
            words.insert("help");
        if (words_.empty() && helps_) {
            words.insert("topics");
            for (const Topic& topic : topics())
                words.emplace(topic.name);
        }
        return words;
    }

    [[nodiscard]] std::string joined(std::size_t count) const {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += (i == 0 ? "" : " ") + words_[i];
        return text;
    }

    void complete_arguments(const Options& options) {
        const std::size_t equals = last_.find('=');
        if (starts(last_, "--") && equals != std::string::npos) {
            const std::string flag = last_.substr(2, equals - 2);
            last_.erase(0, equals + 1);
            return complete_value(options, flag);
        }
        const std::string before = words_.size() > arguments_ ? words_.back() : "";
        if (const auto* option = value_wanted(options, before))
            return complete_value(options, option->name);
        if (starts(last_, "-")) {
            Words flags{"--help"};
            for (const Options::Declared& option : options.declared())
                flags.insert("--" + option.name);
            return answer(flags, no_files);
        }
        complete_positional(options);
    }

    // The option that the next word is the value of; null for none.
    static const Options::Declared* value_wanted(const Options& options, const std::string& word) {
        for (const Options::Declared& option : options.declared())
            if (option.takes_value &&
                (word == "--" + option.name || (word == "-o" && option.name == "output")))
                return &option;
        return nullptr;
    }

    void complete_positional(const Options& options) {
        Words given;
        std::size_t count = 0;
        for (std::size_t i = arguments_; i < words_.size(); ++i) {
            if (value_wanted(options, words_[i]) != nullptr) {
                ++i;
            } else if (!starts(words_[i], "-")) {
                given.insert(words_[i]);
                ++count;
            }
        }
        const auto& declared = options.positionals();
        if (declared.empty() || (count >= declared.size() && !declared.back().repeated))
            return answer({}, no_files);
        Words values =
            positional_values(process_, declared[std::min(count, declared.size() - 1)].name);
        for (const std::string& word : given)
            values.erase(word);
        answer(values, no_files);
    }

    void complete_value(const Options& options, const std::string& flag) {
        if (flag == "output")
            return answer({options.formats().begin(), options.formats().end()}, no_files);
        answer(values_of(process_, flag), takes_a_file(flag) ? files_too : no_files);
    }

    void answer(const Words& words, const char* directive) {
        std::string text;
        for (const std::string& word : words)
            if (starts(word, last_) && can_be_typed(word) && (!plain_only_ || is_plain(word)))
                text += word + '\n';
        process_.print(text + directive);
    }

    Process& process_;
    Arguments words_; // those before the one that is typed
    bool plain_only_;
    bool helps_ = false;        // behind "help"
    std::string last_;          // the one that is typed; of --flag=VALUE the value
    std::size_t arguments_ = 0; // where in words_ the command's own begin
};

} // namespace

Result<int> run_complete(Invocation& call) {
    Completing(call.process, call.words, false).run();
    return 0;
}

Result<int> run_complete_for_kubectl(Invocation& call) {
    Completing(call.process, call.words, true).run();
    return 0;
}

} // namespace leasehold::helper
