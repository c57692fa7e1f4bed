// The settings of a profile's own provider.
#pragma once

#include <any>

namespace leasehold::lease {

// Of what type they are, that provider's rooms know, and nobody else needs to. Taking them for
// another's throws.
using ProviderSettings = std::any;

} // namespace leasehold::lease
