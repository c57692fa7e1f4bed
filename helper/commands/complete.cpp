// The candidates for a word that is being typed. Nothing is run to know them: they come from the
// table of commands and from what is on this machine.
#include "helper/commands/command.hpp"
#include "helper/commands/commands.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/providers/assembly.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"

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

// Of this user's stores; no server is asked.
Words lease_ids(const Process& process) {
    Words ids;
    if (const auto leases = list_leases(process, std::nullopt))
        for (const ListedLease& lease : *leases)
            ids.insert(lease.id);
    return ids;
}

// Of every provider that has the flag.
Words choices_of(const std::string& flag) {
    Words words;
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::FieldGroup& group : kind.groups())
            for (const lease::FieldFacts& facts : group.fields) {
                if (facts.flag != flag)
                    continue;
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
    return flag.ends_with("-file") || flag.ends_with("kubeconfig") ||
           flag.ends_with("certificate-authority") || flag.ends_with("client-certificate") ||
           flag.ends_with("client-key");
}

Words values_of(const Process& process, const std::string& flag) {
    if (flag == "profile")
        return profile_names(process);
    if (flag == "output")
        return {"table", "json", "yaml"};
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

Words positional_values(const Process& process, const Options& options) {
    const auto& names = options.positionals();
    const std::string what = names.empty() ? "" : names.front();
    if (what == "NAME")
        return profile_names(process);
    if (what == "ID")
        return lease_ids(process);
    if (what == "SHELL")
        return {"bash", "zsh", "fish"};
    return {};
}

// The next words of the commands that begin with those typed.
Words command_words(const std::string& typed) {
    Words next;
    for (const Command& command : commands()) {
        const std::string_view words = command.words;
        if (*command.summary == '\0' || (!typed.empty() && !words.starts_with(typed + ' ')))
            continue;
        const std::string_view rest = words.substr(typed.empty() ? 0 : typed.size() + 1);
        next.emplace(rest.substr(0, rest.find(' ')));
    }
    return next;
}

class Completing {
public:
    Completing(Process& process, Arguments words) : process_(process), words_(std::move(words)) {
        if (words_.empty())
            words_.emplace_back();
        last_ = words_.back();
        words_.pop_back();
    }

    void run() {
        const Command* command = find();
        if (command == nullptr)
            return answer(command_words(joined(words_.size())), no_files);
        Options options(std::string(command->words), "", "");
        if (command->declare != nullptr)
            command->declare(options);
        else
            options.value("profile", "").value("api-version", "");
        complete_arguments(options);
    }

private:
    const Command* find() {
        for (std::size_t count = std::min<std::size_t>(words_.size(), 3); count > 0; --count)
            for (const Command& command : commands())
                if (*command.summary != '\0' && command.words == joined(count))
                    return &command;
        return nullptr;
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
            prefix_ = last_.substr(0, equals + 1);
            return complete_value(last_.substr(2, equals - 2));
        }
        const std::string before = words_.empty() ? "" : words_.back();
        for (const Options::Declared& option : options.declared())
            if (option.takes_value &&
                (before == "--" + option.name || (before == "-o" && option.name == "output")))
                return complete_value(option.name);
        if (starts(last_, "-")) {
            Words flags;
            for (const Options::Declared& option : options.declared())
                flags.insert("--" + option.name);
            return answer(flags, no_files);
        }
        answer(positional_values(process_, options), no_files);
    }

    void complete_value(const std::string& flag) {
        answer(values_of(process_, flag), takes_a_file(flag) ? files_too : no_files);
    }

    void answer(const Words& words, const char* directive) {
        std::string text;
        for (const std::string& word : words)
            if (starts(prefix_ + word, last_))
                text += prefix_ + word + '\n';
        process_.print(text + directive);
    }

    Process& process_;
    Arguments words_; // those before the one that is typed
    std::string last_;
    std::string prefix_; // "--flag=", where the value stands in the same word
};

} // namespace

Result<int> run_complete(Invocation& call) {
    Completing(call.process, call.words).run();
    return 0;
}

} // namespace leasehold::helper
