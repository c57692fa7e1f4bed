#include "helper/process/editor.hpp"

#include "src/base/hostile_text.hpp"

#include <cerrno>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string chosen_editor(const Environment& environment) {
    for (const char* name : {"VISUAL", "EDITOR"})
        if (const std::string value = environment.value(name); !value.empty())
            return value;
    return "vi";
}

} // namespace

Result<void> run_editor(const Environment& environment, const std::string& path) {
    const std::string editor = chosen_editor(environment);
    // Its words are split and its quotes read by a shell, as git does it.
    const std::string script = editor + " \"$1\"";
    const char* const arguments[] = {"sh", "-c", script.c_str(), "sh", path.c_str(), nullptr};
    std::vector<std::string> settings;
    for (const auto& [name, value] : environment.all())
        settings.push_back(name + '=' + value);
    std::vector<char*> pointers;
    for (std::string& setting : settings)
        pointers.push_back(setting.data());
    pointers.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0)
        return system_error(ErrorCode::internal, "cannot start the editor", errno);
    if (child == 0) {
        ::execve("/bin/sh", const_cast<char* const*>(arguments), pointers.data());
        ::_exit(127);
    }
    // Ctrl-C is the editor's to understand.
    const auto before = std::signal(SIGINT, SIG_IGN);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    (void)std::signal(SIGINT, before);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return {};
    return make_error(ErrorCode::configuration, "the editor " + quoted(editor, 80) + " failed",
                      "set EDITOR to one that is installed; nothing was changed");
}

} // namespace leasehold::helper
