// Entries as `leasehold kubeconfig add` would ask for, for tests.
#pragma once

#include "kubeconfig/document/entry.hpp"

#include <string>

namespace leasehold::kubeconfig {

inline Entry sample_entry(const std::string& name) {
    Entry entry{.name = name, .profile = name};
    entry.server = "https://" + name + ".example:6443";
    entry.certificate_authority_data = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==";
    entry.namespace_ = "shop";
    entry.exec.command = "/usr/bin/leasehold";
    entry.exec.args = {"credential", "--profile", name};
    entry.exec.install_hint = "leasehold is missing: see https://leasehold.dev/install";
    return entry;
}

} // namespace leasehold::kubeconfig
