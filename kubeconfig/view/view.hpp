// What clients see of all kubeconfigs together: of entries of the same name the first file's
// counts.
#pragma once

#include "kubeconfig/document/document.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::kubeconfig {

struct ViewedFile {
    std::string path;
    Listing listing; // empty if there is no such file
};

struct View {
    std::vector<ViewedFile> files; // in the order in which clients read them
    std::vector<Error> unread;     // of the files that are not among them
};

// Reads the files as clients do. One that cannot be read hides none of the others.
[[nodiscard]] View look(const std::vector<std::string>& files);

// An entry in the view; null where there is none.
struct Sight {
    const ViewedFile* file = nullptr;
    const Listed* entry = nullptr;
};

// The entry that clients use under this name.
[[nodiscard]] Sight find(const View& view, Section section, std::string_view name);

// The paths of the files in which something carries one of these profiles' markers.
[[nodiscard]] std::vector<std::string> files_with(const View& view, const ProfileNames& profiles);

// An entry of the same name in another file than `path`, which is not the profile's.
[[nodiscard]] Sight rival(const View& view, const std::string& path, Section section,
                          std::string_view name, std::string_view profile);

// True if clients read `path` before `other`.
[[nodiscard]] bool is_before(const View& view, const std::string& path, const std::string& other);

} // namespace leasehold::kubeconfig
