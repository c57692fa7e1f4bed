// What the front needs to serve the next hit by itself.
#pragma once

#include "helper/exec_protocol/arguments.hpp"
#include "helper/exec_protocol/request.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/process/edges.hpp"

namespace leasehold::helper {

// Notes, beside the lease in the store that has it, that this profile file and this exec info have
// been held against each other, and that this identity asks. Nothing is noted where the lease lies
// in no store that the front asks, and no failure matters: the next call is a little slower.
void remember_hit(const lease::Profile& profile, const Process& process,
                  const CredentialArguments& arguments, const ExecRequest& request,
                  const LeaseKey& key, Seconds life);

} // namespace leasehold::helper
