// What logging in and leasing need from the world around.
#pragma once

#include "src/lease/identity/outside.hpp"

namespace leasehold::lease::vault {

using identity::Outside;

} // namespace leasehold::lease::vault
