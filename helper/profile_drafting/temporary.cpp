#include "helper/profile_drafting/temporary.hpp"

#include <string_view>

namespace leasehold::helper {
namespace {

bool lies_below(std::string_view path, std::string_view directory) {
    while (directory.ends_with('/'))
        directory.remove_suffix(1);
    return !directory.empty() && path.starts_with(directory) && path.size() > directory.size() &&
           path[directory.size()] == '/';
}

// The directories that are emptied by themselves.
bool is_in_a_passing_place(const Process& process, std::string_view path) {
    for (const char* name : {"XDG_RUNTIME_DIR", "TMPDIR"})
        if (lies_below(path, process.environment.value(name)))
            return true;
    // A home may lie there itself, in a container or a test.
    if (lies_below(path, process.directories.home))
        return false;
    for (const char* directory : {"/tmp", "/var/tmp", "/dev/shm", "/run/user"})
        if (lies_below(path, directory))
            return true;
    return false;
}

// What marks the shells and files of the tools.
bool is_of_a_shell_tool(const Process& process, std::string_view path) {
    const bool listed =
        (':' + process.environment.value("KUBECONFIG") + ':').find(':' + std::string(path) + ':') !=
        std::string::npos;
    return path.find("/.switch_tmp/") != std::string_view::npos ||
           path.find("/kubie-config") != std::string_view::npos ||
           (listed && process.environment.value("KUBIE_ACTIVE") == "1");
}

} // namespace

std::optional<std::string> temporary_file(const Process& process, const std::string& path) {
    const bool tool = is_of_a_shell_tool(process, path);
    if (!tool && !is_in_a_passing_place(process, path))
        return std::nullopt;
    return path + ", a temporary file" + (tool ? " of this shell's" : "") +
           ": what names it, or is in it, ends with it; name the lasting one with "
           "--from-kubeconfig and --kubeconfig";
}

} // namespace leasehold::helper
