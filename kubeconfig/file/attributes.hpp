// What a file carries besides its content, mode and owner: extended attributes, access control
// lists and security labels.
#pragma once

namespace leasehold::kubeconfig {

// Gives the open file `to` the attributes of the open file `from`, and takes away an access
// control list that only `to` has. False if one cannot be given.
[[nodiscard]] bool copy_attributes(int from, int to);

} // namespace leasehold::kubeconfig
