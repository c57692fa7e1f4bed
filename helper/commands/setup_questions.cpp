#include "helper/commands/setup_questions.hpp"

#include "helper/profile_drafting/flags.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/providers/table.hpp"
#include "helper/terminal/secret_input.hpp"
#include "helper/terminal/suggestion.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace leasehold::helper {
namespace {

using Names = std::vector<std::string>;

constexpr Seconds longest_look{5};
constexpr const char* stand_in = "default";

class Questions {
public:
    Questions(const Process& process, Options& options, const std::string& name)
        : process_(process), options_(options), name_(name) {
        if (auto files =
                kubeconfig::kubeconfig_files(options.text("from-kubeconfig"), process.environment))
            files_ = *std::move(files);
        // A pipe can be read only once, which is when the profile is made.
        lasting_ = std::none_of(files_.begin(), files_.end(), [](const std::string& file) {
            struct stat status {};
            return ::stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
        });
        if (!lasting_)
            files_.clear();
    }

    Result<void> ask() {
        LEASEHOLD_TRY(ask_for_context());
        const lease::ProviderKind* kind = lease::provider_kinds().data();
        if (const auto provider = options_.text("provider"))
            kind = lease::find_provider(*provider);
        if (kind == nullptr)
            return {}; // said when the profile is drafted
        const auto questions = provider_row(kind->name).questions;
        for (const SetupQuestion& question : questions) {
            if (!question.asked(options_) || options_.has(question.flag))
                continue;
            LEASEHOLD_TRY(ask_for(question.flag, question.prompt, question.fallback,
                                  choices(questions, question.flag)));
        }
        return {};
    }

private:
    // Again, until it is one of `names`, where it is known what there is.
    Result<void> ask_for(const char* flag, const char* prompt, const char* fallback,
                         const Names& names) {
        offer(names);
        for (;;) {
            LEASEHOLD_TRY_ASSIGN(std::string answer, ask_line(prompt, fallback));
            if (answer.empty())
                return {};
            const bool there = names.empty() || answer == fallback ||
                               std::find(names.begin(), names.end(), answer) != names.end();
            if (there) {
                options_.set(flag, std::move(answer));
                return {};
            }
            const std::string close = closest(answer, names);
            process_.complain("there is no " + quoted(answer, 80) +
                              (close.empty() ? "" : "; did you mean " + close + '?') + '\n');
        }
    }

    Result<void> ask_for_context() {
        if (options_.has("server") || options_.has("from-context"))
            return {};
        LEASEHOLD_TRY(ask_for("from-context", "kubeconfig context of the cluster (empty: current)",
                              "", contexts()));
        // Of the flag alone the current context is meant.
        if (!options_.has("from-context") && !options_.has("from-kubeconfig"))
            options_.set("from-context", "");
        return {};
    }

    [[nodiscard]] Names contexts() const {
        Names names;
        for (const kubeconfig::ViewedFile& file : kubeconfig::look(files_).files)
            for (const kubeconfig::Listed& entry : file.listing.entries)
                if (entry.section == kubeconfig::Section::contexts &&
                    std::find(names.begin(), names.end(), entry.name) == names.end())
                    names.push_back(entry.name);
        return names;
    }

    // Asks the servers with a profile in which something stands for what is not said yet.
    [[nodiscard]] Names choices(std::span<const SetupQuestion> questions, const char* flag) {
        Names stood_in;
        for (const SetupQuestion& question : questions)
            if (question.asked(options_) && !options_.has(question.flag)) {
                options_.set(question.flag, stand_in);
                stood_in.emplace_back(question.flag);
            }
        const auto draft = lasting_ ? draft_profile(process_, options_, name_)
                                    : make_error(ErrorCode::configuration, "");
        for (const std::string& flag_name : stood_in)
            options_.unset(flag_name.c_str());
        if (!draft)
            return {};
        Assembly assembly(process_, draft->profile, false);
        return assembly.side().choices(flag, Deadline::after(longest_look));
    }

    void offer(const Names& names) const {
        constexpr std::size_t most = 50;
        std::string text;
        for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
            text += (i == 0 ? "" : ", ") + hostile_text(names[i], 64);
        if (!names.empty())
            process_.complain("there are: " + text + (names.size() > most ? ", ..." : "") + '\n');
    }

    const Process& process_;
    Options& options_;
    const std::string& name_;
    Names files_; // that a context may be in
    bool lasting_ = true;
};

} // namespace

Result<void> ask_for_missing(const Process& process, Options& options, const std::string& name) {
    return can_ask() ? Questions(process, options, name).ask() : Result<void>();
}

} // namespace leasehold::helper
