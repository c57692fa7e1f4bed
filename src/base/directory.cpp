#include "src/base/directory.hpp"

namespace leasehold {

std::vector<std::filesystem::directory_entry> entries_of(const std::string& directory) {
    std::vector<std::filesystem::directory_entry> entries;
    std::error_code trouble;
    std::filesystem::directory_iterator at(directory, trouble);
    while (!trouble && at != std::filesystem::directory_iterator()) {
        entries.push_back(*at);
        at.increment(trouble);
    }
    return entries;
}

} // namespace leasehold
