// A program for the tests that need one to run beside others or to kill: edits a kubeconfig as
// `leasehold kubeconfig` does. `add|current|remove FILE NAME`, or `churn FILE NAME ROUNDS`.
#include "kubeconfig/document/document.hpp"
#include "kubeconfig/file/file.hpp"
#include "tests/unit/kubeconfig/sample_entry.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace leasehold::kubeconfig {
namespace {

Result<std::string> edited(const std::string& action, const std::string& path,
                           const std::string& name, std::string old) {
    LEASEHOLD_TRY_ASSIGN(KubeconfigDocument document,
                         KubeconfigDocument::parse(std::move(old), path));
    if (action == "remove") {
        LEASEHOLD_TRY(document.remove(name));
        return document.text();
    }
    LEASEHOLD_TRY(document.upsert(sample_entry(name), false));
    if (action == "current")
        LEASEHOLD_TRY(document.set_current_context(name));
    return document.text();
}

int run(const std::string& action, const std::string& path, const std::string& name) {
    const auto outcome = edit_file(path, {.lock_wait = Milliseconds(60'000)}, [&](std::string old) {
        return edited(action, path, name, std::move(old));
    });
    if (!outcome) {
        std::fprintf(stderr, "error: %s\nhint: %s\n", outcome.error().message.c_str(),
                     outcome.error().hint.c_str());
        return static_cast<int>(outcome.error().code);
    }
    std::printf("%s%s%s\n", outcome->changed ? "changed" : "unchanged",
                outcome->created ? " created" : "", outcome->in_place ? " in place" : "");
    return 0;
}

int churn(const std::string& path, const std::string& name, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        if (const int status = run("add", path, name); status != 0)
            return status;
        if (const int status = run("remove", path, name); status != 0)
            return status;
    }
    return 0;
}

} // namespace
} // namespace leasehold::kubeconfig

int main(int argc, char** argv) {
    const std::string action = argc > 1 ? argv[1] : "";
    if (argc == 5 && action == "churn")
        return leasehold::kubeconfig::churn(argv[2], argv[3], std::atoi(argv[4]));
    if (argc == 4)
        return leasehold::kubeconfig::run(action, argv[2], argv[3]);
    std::fprintf(stderr, "usage: add|current|remove FILE NAME | churn FILE NAME ROUNDS\n");
    return 2;
}
