// leasehold version.
#include "cache/kernel_keyring/libraries.hpp"
#include "helper/commands/commands.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/libraries.hpp"
#include "src/http/libraries.hpp"

// The commit, where a release build tells it.
#ifndef LEASEHOLD_COMMIT
#define LEASEHOLD_COMMIT ""
#endif

namespace leasehold::helper {

void declare_version(Options& options) {
    options.examples("leasehold version", "leasehold version -o json", "kubectl leasehold version");
    options.output();
}

Result<int> run_version(Invocation& call) {
    Process& process = call.process;
    const OutputFormat format = call.format;
    boost::json::object libraries;
    for (const Libraries& some :
         {base_libraries(), cache::keyring_libraries(), http::tls_libraries()})
        for (const auto& [name, number] : some)
            libraries[name] = number;
    const boost::json::object version{
        {"version", LEASEHOLD_VERSION},
        {"commit", LEASEHOLD_COMMIT},
        {"compiler", "gcc " __VERSION__},
        {"libraries", libraries},
        {"execApiVersions",
         {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}}};
    if (format == OutputFormat::table)
        process.print("leasehold " LEASEHOLD_VERSION "\n");
    else
        process.print(format == OutputFormat::json ? to_json(version) : to_yaml(version));
    return 0;
}

} // namespace leasehold::helper
