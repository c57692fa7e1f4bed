// leasehold version.
#include "helper/commands/commands.hpp"
#include "helper/terminal/options.hpp"

namespace leasehold::helper {

Result<int> run_version(Process& process, const Arguments& arguments) {
    Options options("version", "[-o table|json|yaml]", "Prints the version.");
    options.output();
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const OutputFormat format, options.format());
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
