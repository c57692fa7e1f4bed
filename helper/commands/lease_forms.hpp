// A new lease in forms that other programs take: for places where no plugin can run.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/lease.hpp"

#include <span>
#include <string_view>

namespace leasehold::helper {

// What `lease create -o` takes beside table, json and yaml.
[[nodiscard]] std::span<const std::string_view> lease_forms();

// The lease as one of these, for a lease that was asked for at `asked`:
//   token            the token and a line break
//   exec-credential  what an exec plugin answers
//   kubeconfig       one context with server, CA and token, current
//   env              POSIX shell that exports what Terraform and Ansible read
[[nodiscard]] Result<Secret> lease_as(std::string_view form, const lease::Profile& profile,
                                      const lease::LeaseRequest& request, const lease::Lease& lease,
                                      Instant asked, const Clock& clock);

} // namespace leasehold::helper
