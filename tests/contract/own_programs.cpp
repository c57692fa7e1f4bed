#include "tests/contract/own_programs.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace leasehold::test {
namespace {

namespace fs = std::filesystem;

// In the order of OwnProgram.
constexpr std::array<const char*, 3> built{LEASEHOLD_TEST_CHILD, LEASEHOLD_TEST_FAKE,
                                           LEASEHOLD_TEST_SCRIPTED};

// Not in TMPDIR, which may be one user's alone.
class Copy {
public:
    Copy() = default;
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    ~Copy() {
        std::error_code ignored;
        if (!directory_.empty() && ::getpid() == maker_)
            fs::remove_all(directory_, ignored);
    }

    bool make(uid_t uid, gid_t gid) {
        std::string pattern = "/tmp/leasehold-programs-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr)
            return false;
        directory_ = pattern;
        std::error_code trouble;
        for (const char* program : built) {
            const fs::path copied = directory_ / fs::path(program).filename();
            if (fs::copy_file(program, copied, trouble))
                fs::permissions(copied, fs::perms(0755), trouble); // whatever the umask was
            if (trouble)
                return false;
        }
        // Whoever it is for removes it at the end.
        return ::chown(directory_.c_str(), uid, gid) == 0;
    }
    [[nodiscard]] std::string path(const char* program) const {
        return directory_.empty() ? program : directory_ / fs::path(program).filename();
    }

private:
    pid_t maker_ = ::getpid(); // a child that it forks leaves the directory alone
    fs::path directory_;
};

Copy& copy() {
    static Copy only;
    return only;
}

} // namespace

std::string own_program(OwnProgram program) {
    return copy().path(built.at(static_cast<std::size_t>(program)));
}

bool copy_own_programs_for(uid_t uid, gid_t gid) {
    return copy().make(uid, gid);
}

} // namespace leasehold::test
