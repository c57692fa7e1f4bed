#include "helper/providers/known_issuer.hpp"

#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/secret_file.hpp"
#include "src/lease/terms/jwt.hpp"

namespace leasehold::helper {
namespace {

// jwt.hpp refuses tokens whose issuer is longer.
constexpr std::size_t longest_file = lease::longest_issuer + 1;

class RememberingProvider final : public lease::LeaseProvider {
public:
    RememberingProvider(std::unique_ptr<lease::LeaseProvider> inner, std::string path,
                        Result<std::string> known)
        : inner_(std::move(inner)), path_(std::move(path)), known_(std::move(known)) {}

    Result<lease::Lease> lease(const lease::LeaseRequest& request, Deadline deadline) override {
        if (!known_)
            return known_.error();
        LEASEHOLD_TRY_ASSIGN(lease::Lease lease, inner_->lease(request, deadline));
        if (!path_.empty() && known_->empty() && !lease.issuer.empty() &&
            make_private_directory(directory_of(path_)))
            (void)write_file(path_, lease.issuer + '\n', 0600);
        return lease;
    }

private:
    std::unique_ptr<lease::LeaseProvider> inner_;
    std::string path_;
    Result<std::string> known_;
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

Result<std::string> read_known_issuer(const std::string& path) {
    if (path.empty())
        return std::string();
    const FileRules rules{
        .owned_by_me = true, .not_writable_by_others = true, .limit = longest_file};
    const auto file = open_checked(path, rules);
    if (file && !*file)
        return std::string();
    const auto text = file ? read_secret_file(path, "issuer", rules) : Result<Secret>(file.error());
    if (text)
        return std::string(text->reveal());
    return make_error(ErrorCode::configuration,
                      "the issuer that is remembered for this cluster cannot be read: " +
                          text.error().message,
                      "if nobody has tampered with it, remove it: rm " + shell_word(path));
}

std::unique_ptr<lease::LeaseProvider>
remember_issuer(std::unique_ptr<lease::LeaseProvider> provider, std::string path,
                Result<std::string> known) {
    return std::make_unique<RememberingProvider>(std::move(provider), std::move(path),
                                                 std::move(known));
}

} // namespace leasehold::helper
