#include "helper/process/edges.hpp"

#include "src/base/fd.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {

void Process::print(std::string_view text) {
    print_bytes(visible_text(text));
}

void Process::complain(std::string_view text) const {
    (void)write_all(2, visible_text(text));
}

void Process::print_bytes(std::string_view bytes) {
    if (write_all(1, bytes) != 0)
        output_failed = true;
}

} // namespace leasehold::helper
