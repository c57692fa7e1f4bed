// leasehold completion: scripts for bash, zsh and fish.
#include "helper/commands/commands.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {
namespace {

// The candidates come from 'leasehold __complete WORDS...', which runs nothing else: whole words,
// for --flag=VALUE the value alone. Its last line says whether file names will do, too (":0").
// What is put into the command line is quoted, for a name may hold anything.
constexpr std::string_view bash_script =
    R"sh(# leasehold completion for bash: source <(leasehold completion bash)
_leasehold() {
    local line=${COMP_LINE:0:COMP_POINT} words=() found=() word space cur flag= kept= quote= breaks
    COMPREPLY=()
    # bash breaks words at = : and @ as well: put them together again, up to the cursor.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        space=${line%%[![:space:]]*}
        line=${line#"$space"}
        if [[ -n $space ]] || ((${#words[@]} == 0)); then words+=(""); fi
        if [[ $line != "$word"* ]]; then word=$line; fi
        words[${#words[@]}-1]+=$word
        line=${line#"$word"}
    done
    cur=${words[${#words[@]}-1]}
    if [[ $cur == --*=* ]]; then flag=${cur%%=*}=; fi
    if [[ $cur == *[\"\']* ]]; then quote=1; fi
    # Only what stands behind the last break is replaced, an @ with it.
    breaks=${COMP_WORDBREAKS//[!=:@]/}
    if [[ -n $breaks && $cur == *[$breaks]* ]]; then kept=${cur%"${cur##*[$breaks]}"}; fi
    kept=${kept%@}
    words[${#words[@]}-1]=${cur//[\\\"\']/}
    while IFS= read -r word; do
        found+=("$word")
    done < <(leasehold __complete "${words[@]:1}" 2>/dev/null)
    for word in "${found[@]:0:${#found[@]}-1}"; do
        if [[ -z $quote ]]; then
            printf -v word %q "$word"
            word=$flag$word
            COMPREPLY+=("${word#"$kept"}")
        elif [[ $word != *[!a-zA-Z0-9\ ._/:=@,+-]* ]]; then
            COMPREPLY+=("$word")
        fi
    done
    if [[ ${found[*]} == :0 ]]; then compopt -o default 2>/dev/null; fi
}
complete -F _leasehold leasehold kubectl-leasehold
)sh";

constexpr std::string_view zsh_script =
    R"sh(#compdef leasehold kubectl-leasehold
# leasehold completion for zsh, behind compinit: source <(leasehold completion zsh)
_leasehold() {
    local directive
    local -a asked found
    asked=("${(@Q)words[2,CURRENT]}")
    asked[-1]=${(Q)PREFIX}
    found=("${(@f)$(leasehold __complete "${asked[@]}" 2>/dev/null)}")
    directive=${found[-1]}
    found[-1]=()
    if [[ $PREFIX == --*=* ]]; then compset -P 1 '*='; fi
    if ((${#found})); then
        compadd -- "${found[@]}"
    elif [[ $directive == :0 ]]; then
        _files
    fi
}
if [[ $funcstack[1] == _leasehold ]]; then
    _leasehold "$@" # a file of fpath, called for the first time
else
    compdef _leasehold leasehold kubectl-leasehold
fi
)sh";

constexpr std::string_view fish_script =
    R"sh(# leasehold completion for fish: leasehold completion fish | source
function __leasehold_words
    set -l words (commandline -opc)
    set -e words[1]
    set -l typed (string unescape -- (commandline -ct))
    or set typed (commandline -ct)
    set -l flag (string match -r -- '^--[a-z-]+=' "$typed")
    set -l found (leasehold __complete $words "$typed" 2>/dev/null)
    if test "$found" = :0
        set found (__fish_complete_path (string replace -r -- '^--[a-z-]+=' '' "$typed"))
    else
        set -e found[-1]
    end
    for word in $found
        echo -- "$flag$word"
    end
end
complete -c leasehold -f -a '(__leasehold_words)'
complete -c kubectl-leasehold -f -a '(__leasehold_words)'
)sh";

} // namespace

void declare_completion(Options& options) {
    options.examples("source <(leasehold completion bash)", "source <(leasehold completion zsh)",
                     "leasehold completion fish | source");
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
