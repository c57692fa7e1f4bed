#include "helper/process/run_place.hpp"

#include <algorithm>

#include <sys/auxv.h>

namespace leasehold::helper {

std::vector<std::string> run_places(const Lookup& lookup) {
    std::vector<std::string> places;
    if (const char* own = lookup("LEASEHOLD_RUNTIME_DIR"); own != nullptr && own[0] == '/')
        places.push_back(std::string(own) + "/runs");
    const std::string uid = std::to_string(::getauxval(AT_EUID));
    places.push_back("/run/user/" + uid + "/leasehold/runs");
    places.push_back("/dev/shm/leasehold-runs-" + uid);
    return places;
}

bool is_run_id(std::string_view text) {
    return text.size() == run_id_length && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::vector<std::string> run_directories(const Lookup& lookup, std::string_view id) {
    std::vector<std::string> directories = run_places(lookup);
    for (std::string& directory : directories)
        directory.append("/").append(id);
    return directories;
}

} // namespace leasehold::helper
