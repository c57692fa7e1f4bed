#include "kubeconfig/view/view.hpp"

#include "kubeconfig/file/file.hpp"

#include <algorithm>

namespace leasehold::kubeconfig {
namespace {

Result<Listing> listing_of(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(const std::string bytes, read_kubeconfig(path));
    return list_entries(bytes, path);
}

const Listed* find_in(const ViewedFile& file, Section section, std::string_view name) {
    for (const Listed& entry : file.listing.entries)
        if (entry.section == section && entry.name == name)
            return &entry;
    return nullptr;
}

} // namespace

View look(const std::vector<std::string>& files) {
    View view;
    for (const std::string& path : files) {
        if (auto listing = listing_of(path))
            view.files.push_back({path, *std::move(listing)});
        else
            view.unread.push_back(std::move(listing).error());
    }
    return view;
}

Sight find(const View& view, Section section, std::string_view name) {
    for (const ViewedFile& file : view.files)
        if (const Listed* entry = find_in(file, section, name))
            return {&file, entry};
    return {};
}

std::vector<std::string> files_with(const View& view, const ProfileNames& profiles) {
    std::vector<std::string> paths;
    for (const ViewedFile& file : view.files) {
        const auto& entries = file.listing.entries;
        if (std::any_of(entries.begin(), entries.end(), [&](const Listed& entry) {
                return entry.profile && profiles.contains(*entry.profile);
            }))
            paths.push_back(file.path);
    }
    return paths;
}

Sight rival(const View& view, const std::string& path, Section section, std::string_view name,
            std::string_view profile) {
    for (const ViewedFile& file : view.files) {
        const Listed* entry = file.path == path ? nullptr : find_in(file, section, name);
        if (entry != nullptr && entry->profile != profile)
            return {&file, entry};
    }
    return {};
}

bool is_before(const View& view, const std::string& path, const std::string& other) {
    const auto place = [&](const std::string& wanted) {
        return std::find_if(view.files.begin(), view.files.end(),
                            [&](const ViewedFile& file) { return file.path == wanted; });
    };
    return place(path) < place(other);
}

} // namespace leasehold::kubeconfig
