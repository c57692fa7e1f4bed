// The definition of a Kubernetes dynamic secret: what administrators make and keep.
#pragma once

#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/site_client.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace leasehold::lease::infisical {

// What is sent of a definition; the server checks it. `cluster_token` empty: not sent.
struct DefinitionDraft {
    boost::json::object members; // defaultTTL, maxTTL, usernameTemplate, metadata, newName
    boost::json::object inputs;  // of the provider "kubernetes", without clusterToken
    Secret cluster_token;
};

// The definitions in the folder of a profile. Each call takes the permissions that its name says
// and answers what the server has, which holds the cluster's token in clear: see masked().
class Definitions {
public:
    // Everything must outlive this.
    Definitions(const InfisicalSettings& settings, const Outside& outside);

    [[nodiscard]] Result<boost::json::value>
    create(const std::string& name, const DefinitionDraft& draft, Deadline deadline);
    [[nodiscard]] Result<boost::json::value> list(Deadline deadline);
    [[nodiscard]] Result<boost::json::value> show(const std::string& name, Deadline deadline);
    [[nodiscard]] Result<boost::json::value>
    update(const std::string& name, const DefinitionDraft& draft, Deadline deadline);
    // `forced`: forget the leases, too, and leave what they made in the cluster.
    [[nodiscard]] Result<boost::json::value> remove(const std::string& name, bool forced,
                                                    Deadline deadline);

private:
    [[nodiscard]] Result<boost::json::value> ask(http::Request request, const std::string& action,
                                                 std::string_view member, Repeat repeat,
                                                 Deadline deadline);

    const InfisicalSettings& settings_;
    SiteClient client_;
};

// The same without the cluster's token.
[[nodiscard]] boost::json::value masked(boost::json::value definition);

} // namespace leasehold::lease::infisical
