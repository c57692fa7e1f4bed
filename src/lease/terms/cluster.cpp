#include "src/lease/terms/cluster.hpp"

#include "src/base/files.hpp"

namespace leasehold::lease {

Result<std::string> load_cluster_ca(const ClusterSettings& cluster) {
    if (cluster.ca_file.empty())
        return cluster.ca_pem;
    return read_file(cluster.ca_file, {}, "the cluster's certificate-authority");
}

} // namespace leasehold::lease
