#include "kubeconfig/file/location.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <string_view>

#include <sys/stat.h>

namespace leasehold::kubeconfig {
namespace {

std::vector<std::string> split_list(std::string_view list) {
    std::vector<std::string> files;
    while (!list.empty()) {
        const std::string_view element = list.substr(0, list.find(':'));
        list.remove_prefix(std::min(list.size(), element.size() + 1));
        if (element.empty())
            continue;
        std::string file = absolute_path(element, {});
        if (std::find(files.begin(), files.end(), file) == files.end())
            files.push_back(std::move(file));
    }
    return files;
}

bool exists(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
}

} // namespace

Result<std::vector<std::string>> kubeconfig_files(const std::optional<std::string>& flag,
                                                  const Environment& environment) {
    const std::string home = environment.value("HOME");
    if (flag && (flag->empty() || *flag == "-"))
        return make_error(ErrorCode::usage, "a kubeconfig must be a file, not " + quoted(*flag));
    if (flag)
        return std::vector{absolute_path(*flag, home)};
    std::vector<std::string> files = split_list(environment.value("KUBECONFIG"));
    if (!files.empty())
        return files;
    if (home.empty())
        return make_error(ErrorCode::configuration,
                          "cannot tell which kubeconfig is meant: HOME is not set",
                          "name the file with --kubeconfig");
    return std::vector{home + "/.kube/config"};
}

Result<std::string> kubeconfig_to_edit(const std::optional<std::string>& flag,
                                       const Environment& environment) {
    LEASEHOLD_TRY_ASSIGN(const std::vector<std::string> files, kubeconfig_files(flag, environment));
    const auto found = std::find_if(files.begin(), files.end(), exists);
    return found == files.end() ? files.back() : *found;
}

} // namespace leasehold::kubeconfig
