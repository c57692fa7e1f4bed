// leasehold completion: scripts for bash, zsh and fish.
#include "helper/commands/commands.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {
namespace {

// The words are asked of the program itself ('leasehold --help', 'COMMAND --help'), so that the
// scripts need no change when commands do.
constexpr std::string_view bash_script =
    R"sh(# leasehold completion for bash: source <(leasehold completion bash)
_leasehold() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words
    if [[ $before == --profile ]]; then
        words=$(leasehold profile list -o json 2>/dev/null | sed -n 's/^ *"name": "\(.*\)",*$/\1/p')
    elif [[ $word == -* ]]; then
        words=$("${COMP_WORDS[@]:0:COMP_CWORD}" --help 2>/dev/null |
            sed -n 's/^ *\(-[a-z] \[ \)\{0,1\}\(--[a-z-]*\).*/\2/p')
    elif ((COMP_CWORD == 1)); then
        words=$(leasehold --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort -u)
    elif ((COMP_CWORD == 2)); then
        words=$(leasehold --help | sed -n "s/^  ${COMP_WORDS[1]} \([a-z]*\) .*/\1/p")
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _leasehold leasehold kubectl-leasehold
)sh";

constexpr std::string_view zsh_script = R"sh(#compdef leasehold kubectl-leasehold
# leasehold completion for zsh: source <(leasehold completion zsh)
autoload -U +X bashcompinit && bashcompinit
)sh";

constexpr std::string_view fish_script =
    R"sh(# leasehold completion for fish: leasehold completion fish | source
function __leasehold_words
    set -l words (commandline -opc)
    if test (count $words) -eq 1
        leasehold --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort -u
    else if string match -q -- '-*' (commandline -ct)
        $words --help 2>/dev/null | sed -n 's/^ *\(-[a-z] \[ \)\{0,1\}\(--[a-z-]*\).*/\2/p'
    else if test (count $words) -eq 2
        leasehold --help | sed -n "s/^  $words[2] \([a-z]*\) .*/\1/p"
    end
end
complete -c leasehold -f -a '(__leasehold_words)'
complete -c leasehold -l profile -x -a "(leasehold profile list -o json | sed -n 's/^ *\"name\": \"\(.*\)\",*\$/\1/p')"
)sh";

} // namespace

Result<int> run_completion(Process& process, const Arguments& arguments) {
    Options options("completion", "bash|zsh|fish",
                    "Prints a completion script, for example: source <(leasehold completion bash)");
    options.positional("SHELL");
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const std::string shell, options.required("SHELL"));
    if (shell == "bash")
        process.print(bash_script);
    else if (shell == "zsh")
        process.print(std::string(zsh_script) + std::string(bash_script));
    else if (shell == "fish")
        process.print(fish_script);
    else
        return options.usage_error("unknown shell " + quoted(shell), "shells: bash, zsh, fish");
    return 0;
}

} // namespace leasehold::helper
