// The lease book of the embedded provider: the marked objects in the cluster themselves.
#pragma once

#include "src/lease/kubernetes/api/server.hpp"
#include "src/lease/kubernetes/record.hpp"
#include "src/lease/terms/book.hpp"

#include <memory>

namespace leasehold::lease {

// Reads and ends leases with the requester of `profile`, in the profile's namespaces and in those
// `also_in`, where leases are known to be since the profile named them once; of others' leases only
// as far as rights go there.
// `records_refused`: the requester was refused to make records of late, so that it is no failure
// if it may not look for them either. Referenced
// objects must outlive the book.
[[nodiscard]] std::unique_ptr<LeaseBook>
make_kubernetes_book(const KubernetesProfile& profile, RequesterEnvironment outside,
                     LeaseHolder holder, Connector connect, const Clock& clock, BookScope scope,
                     bool records_refused, std::vector<std::string> also_in);

} // namespace leasehold::lease
