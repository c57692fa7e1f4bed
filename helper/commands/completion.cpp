// leasehold completion: scripts for bash, zsh and fish.
#include "helper/commands/commands.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {
namespace {

// The candidates come from 'leasehold __complete WORDS...', which runs nothing else; its last line
// says whether file names will do, too (":0").
constexpr std::string_view bash_script =
    R"sh(# leasehold completion for bash: source <(leasehold completion bash)
_leasehold() {
    local cur=${COMP_WORDS[COMP_CWORD]} line directive=4 words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    # "=" is a word of its own here: put --flag=value together again.
    if [[ $cur == = ]]; then
        cur=
        words=("${COMP_WORDS[@]:1:COMP_CWORD-1}" "")
    elif ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[COMP_CWORD-1]} == = ]]; then
        words=("${COMP_WORDS[@]:1:COMP_CWORD-2}" "$cur")
    fi
    while IFS= read -r line; do
        case $line in
        :*) directive=${line#:} ;;
        *) COMPREPLY+=("$line") ;;
        esac
    done < <(leasehold __complete "${words[@]}" 2>/dev/null)
    if ((directive == 0)) && ((${#COMPREPLY[@]} == 0)); then
        compopt -o default 2>/dev/null
    fi
}
complete -F _leasehold leasehold kubectl-leasehold
)sh";

constexpr std::string_view zsh_script =
    R"sh(#compdef leasehold kubectl-leasehold
# leasehold completion for zsh: source <(leasehold completion zsh)
_leasehold() {
    local line directive=4
    local -a found
    while IFS= read -r line; do
        case $line in
        :*) directive=${line#:} ;;
        *) found+=("$line") ;;
        esac
    done < <(leasehold __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
    if ((${#found})); then
        compadd -- "${found[@]}"
    elif [[ $directive == 0 ]]; then
        _files
    fi
}
compdef _leasehold leasehold kubectl-leasehold
)sh";

constexpr std::string_view fish_script =
    R"sh(# leasehold completion for fish: leasehold completion fish | source
function __leasehold_words
    set -l words (commandline -opc) (commandline -ct)
    set -l found (leasehold __complete $words[2..-1] 2>/dev/null)
    for word in $found
        if test "$word" = ":0"; and test (count $found) -eq 1
            __fish_complete_path (commandline -ct)
        else if not string match -q -- ':*' $word
            echo $word
        end
    end
end
complete -c leasehold -f -a '(__leasehold_words)'
)sh";

} // namespace

void declare_completion(Options& options) {
    options.positional("SHELL");
}

Result<int> run_completion(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string shell, options.required("SHELL"));
    if (shell == "bash")
        process.print(bash_script);
    else if (shell == "zsh")
        process.print(zsh_script);
    else if (shell == "fish")
        process.print(fish_script);
    else
        return options.usage_error("unknown shell " + quoted(shell), "shells: bash, zsh, fish");
    return 0;
}

} // namespace leasehold::helper
