// The lease books of one or all of a user's profiles.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/assembly.hpp"
#include "src/lease/terms/book.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

// A profile with its book, ready to be asked. Nothing was sent yet.
struct ProfileBook {
    std::unique_ptr<Assembly> assembly;
    std::unique_ptr<lease::LeaseBook> book; // null: the profile keeps none
    Seconds time;                           // for this profile's server, from when it is asked
};

// Whether there is a file for a profile of this name.
[[nodiscard]] bool is_there(const Process& process, const std::string& profile);

// Of the profile `name`, or of all. With several profiles each gets a short time, so that one
// server that does not answer does not take the others' time; a profile that cannot be loaded is
// told on stderr.
[[nodiscard]] Result<std::vector<ProfileBook>> open_books(const Process& process,
                                                          const std::optional<std::string>& name,
                                                          lease::BookScope scope, bool verbose);

// The book that has the lease `id`: of the profile `name` if that is given, else of the one whose
// cached lease it is, else of the first whose server knows it. A lease whose profile is gone is
// looked for with the other profiles of its server.
[[nodiscard]] Result<ProfileBook> find_book(const Process& process, const std::string& id,
                                            const std::optional<std::string>& name,
                                            lease::BookScope scope, bool verbose);

} // namespace leasehold::helper
