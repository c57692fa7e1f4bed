// A directory of a test's own, removed at its end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace leasehold {

class PrivateDirectory {
public:
    PrivateDirectory() {
        path_ = (std::filesystem::temp_directory_path() / "leasehold-test-XXXXXX").string();
        if (::mkdtemp(path_.data()) == nullptr)
            throw std::runtime_error("cannot make a test directory");
    }
    ~PrivateDirectory() { std::filesystem::remove_all(path_); }
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    // Writes a file, 0600 unless told otherwise, and answers its path.
    std::string write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
        const std::string file = path_ + '/' + name;
        std::ofstream(file, std::ios::binary) << text;
        (void)::chmod(file.c_str(), mode);
        return file;
    }

private:
    std::string path_;
};

} // namespace leasehold
