// leasehold version.
#include "helper/commands/commands.hpp"
#include "helper/terminal/options.hpp"

namespace leasehold::helper {

void declare_version(Options& options) {
    options.output();
}

Result<int> run_version(Invocation& call) {
    Process& process = call.process;
    const OutputFormat format = call.format;
    const boost::json::object version{
        {"version", LEASEHOLD_VERSION},
        {"execApiVersions",
         {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}}};
    if (format == OutputFormat::table)
        process.print("leasehold " LEASEHOLD_VERSION "\n");
    else
        process.print(format == OutputFormat::json ? to_json(version) : to_yaml(version));
    return 0;
}

} // namespace leasehold::helper
