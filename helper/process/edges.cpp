#include "helper/process/edges.hpp"

#include "src/base/fd.hpp"

namespace leasehold::helper {

void Process::print(std::string_view text) {
    if (write_all(1, text) != 0)
        output_failed = true;
}

void Process::complain(std::string_view text) const {
    (void)write_all(2, text);
}

} // namespace leasehold::helper
