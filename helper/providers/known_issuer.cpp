#include "helper/providers/known_issuer.hpp"

#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/names.hpp"

namespace leasehold::helper {
namespace {

constexpr std::size_t longest_issuer = 2048;

class RememberingProvider final : public lease::LeaseProvider {
public:
    RememberingProvider(std::unique_ptr<lease::LeaseProvider> inner, std::string path)
        : inner_(std::move(inner)), path_(std::move(path)) {}

    Result<lease::Lease> lease(const lease::LeaseRequest& request, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(lease::Lease lease, inner_->lease(request, deadline));
        const bool keepable = !lease.issuer.empty() && lease.issuer.size() <= longest_issuer &&
                              has_no_control_characters(lease.issuer);
        if (!path_.empty() && keepable && read_known_issuer(path_).empty() &&
            make_private_directory(directory_of(path_)))
            (void)write_file(path_, lease.issuer + '\n', 0600);
        return lease;
    }

private:
    std::unique_ptr<lease::LeaseProvider> inner_;
    std::string path_;
};

} // namespace

std::string known_issuer_path(const std::string& state_directory,
                              const lease::ClusterSettings& cluster) {
    const auto ca = lease::load_cluster_ca(cluster);
    if (state_directory.empty() || !ca)
        return {};
    return state_directory + "/issuers/" +
           sha256_hex(cluster.server.origin() + cluster.server.path + '\n' + *ca).substr(0, 32);
}

std::string read_known_issuer(const std::string& path) {
    if (path.empty())
        return {};
    const auto text =
        read_secret_file(path, "issuer", {.owned_by_me = true, .limit = longest_issuer + 1});
    return text ? std::string(text->reveal()) : std::string();
}

std::unique_ptr<lease::LeaseProvider>
remember_issuer(std::unique_ptr<lease::LeaseProvider> provider, std::string path) {
    return std::make_unique<RememberingProvider>(std::move(provider), std::move(path));
}

} // namespace leasehold::helper
