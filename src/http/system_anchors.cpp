#include "src/http/system_anchors.hpp"

#include "src/base/files.hpp"

#include <openssl/err.h>

#include <array>
#include <cstdio>

#include <dirent.h>
#include <unistd.h>

namespace leasehold::http {
namespace {

// The places that Go's crypto/x509 knows (root_linux.go): of the files the first that there is, of
// the directories all.
const std::vector<std::string>& usual_files() {
    static const std::vector<std::string> files = {
        "/etc/ssl/certs/ca-certificates.crt",                // Debian, Arch, NixOS
        "/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora
        "/etc/ssl/ca-bundle.pem",                            // openSUSE
        "/etc/pki/tls/cacert.pem",                           // OpenELEC
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL
        "/etc/ssl/cert.pem",                                 // Alpine
    };
    return files;
}

constexpr const char* usual_directories = "/etc/ssl/certs:/etc/pki/tls/certs";
constexpr FileRules any_file{.limit = std::size_t{16} << 20};
constexpr int most_of_one_hash = 64;

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(':', begin), list.size());
        if (end != begin)
            parts.push_back(list.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

// A link to a neighbour (a hashed name, most often) would only be a second reading of it.
bool is_link_to_neighbour(const std::string& path) {
    std::array<char, 4096> target{};
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    return size > 0 && std::string_view(target.data(), static_cast<std::size_t>(size)).find('/') ==
                           std::string_view::npos;
}

class SystemAnchors final : public Anchors {
public:
    SystemAnchors(std::vector<std::string> files, std::vector<std::string> directories)
        : files_(std::move(files)), directories_(std::move(directories)) {}

    std::vector<X509*> of(const X509_NAME* subject) override {
        if (next_ == Next::files)
            look_up(subject);
        return Anchors::of(subject);
    }

    bool look_further() override {
        switch (std::exchange(next_, next_ == Next::files ? Next::directories : Next::nothing)) {
        case Next::files:
            read_first_file();
            return true;
        case Next::directories:
            for (const std::string& directory : directories_)
                read_directory(directory);
            return true;
        case Next::nothing:
            break;
        }
        return false;
    }

private:
    enum class Next { files, directories, nothing };

    // The names that `openssl rehash` and update-ca-certificates give: hash of the subject, number.
    void look_up(const X509_NAME* subject) {
        std::array<char, 16> name{};
        const unsigned long hash = X509_NAME_hash_ex(subject, nullptr, nullptr, nullptr);
        (void)std::snprintf(name.data(), name.size(), "/%08lx.", hash & 0xffffffffUL);
        for (const std::string& directory : directories_)
            for (int i = 0; i < most_of_one_hash; ++i)
                if (!read(directory + name.data() + std::to_string(i)))
                    break;
    }

    void read_first_file() {
        for (const std::string& file : files_)
            if (read(file))
                return;
    }

    void read_directory(const std::string& path) {
        const std::unique_ptr<DIR, Free<closedir>> directory(::opendir(path.c_str()));
        while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr)
            if (const std::string file = path + '/' + entry->d_name; !is_link_to_neighbour(file))
                (void)read(file);
    }

    // False if there is no such file, or none that can be read.
    bool read(const std::string& path) {
        const auto text = read_file(path, any_file, "certificates");
        if (text)
            add(*text);
        return text.has_value();
    }

    std::vector<std::string> files_;
    std::vector<std::string> directories_;
    Next next_ = Next::files;
};

} // namespace

std::unique_ptr<Anchors> system_anchors(const std::string& file, const std::string& directories) {
    return std::make_unique<SystemAnchors>(
        file.empty() ? usual_files() : std::vector<std::string>{file},
        split(directories.empty() ? usual_directories : directories));
}

} // namespace leasehold::http
