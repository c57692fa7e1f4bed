// Servers, and what stands before them, may repeat in a refusal what they were sent. That is shown
// to people and written down, and a secret must not be in it.
#pragma once

#include "src/base/secret.hpp"

#include <string>

namespace leasehold::http {

// Takes every occurrence of the secret out of the text, and of its beginning from 16 bytes on,
// since what is repeated may be cut off. Secrets below 8 bytes stay: they are found in any text.
void conceal(std::string& text, const Secret& secret);

} // namespace leasehold::http
