#include "helper/commands/current_profile.hpp"

#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {

std::optional<CurrentContext> current_context(const Process& process) {
    const auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment);
    if (!files)
        return std::nullopt;
    const kubeconfig::View view = kubeconfig::look(*files);
    for (const kubeconfig::ViewedFile& file : view.files) {
        if (file.listing.current_context.empty())
            continue;
        const auto found =
            kubeconfig::find(view, kubeconfig::Section::contexts, file.listing.current_context);
        if (found.entry == nullptr)
            return std::nullopt;
        return CurrentContext{found.entry->name, found.file->path,
                              found.entry->profile.value_or("")};
    }
    return std::nullopt;
}

Result<std::string> profile_or_current(const Process& process, const Options& options) {
    if (const auto given = options.text("profile"))
        return *given;
    const auto context = current_context(process);
    if (context && !context->profile.empty())
        return context->profile;
    return options.usage_error(
        "which profile? " +
            (context ? "the current context " + quoted(context->name) + " is not one of leasehold's"
                     : std::string("no context is current")),
        "name one with --profile NAME ('leasehold profile list'), or switch to its context with "
        "kubectl config use-context");
}

} // namespace leasehold::helper
