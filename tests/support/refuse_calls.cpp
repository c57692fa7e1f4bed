// Runs a program for which some system calls fail, as they do in containers and on odd file
// systems:
//
//     refuse_calls ENOLCK flock -- PROGRAM ARGUMENT…
//
// Children inherit it. Exits with 99 where seccomp is not to be had.
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using Name = std::pair<std::string_view, unsigned>;

constexpr std::array<Name, 7> errors{{{"EPERM", EPERM},
                                      {"EINVAL", EINVAL},
                                      {"ENOSYS", ENOSYS},
                                      {"ENOLCK", ENOLCK},
                                      {"EOPNOTSUPP", EOPNOTSUPP},
                                      {"EIO", EIO},
                                      {"EDQUOT", EDQUOT}}};
constexpr std::array<Name, 5> calls{{{"keyctl", SYS_keyctl},
                                     {"add_key", SYS_add_key},
                                     {"request_key", SYS_request_key},
                                     {"flock", SYS_flock},
                                     {"fsync", SYS_fsync}}};
// Stands for fcntl(2) with this command alone: no other call is known by its second argument.
constexpr std::string_view lease_call = "lease";
// Its lower half, on the little-endian machines that this is built for.
constexpr unsigned second_argument = offsetof(seccomp_data, args) + sizeof(std::uint64_t);

std::optional<unsigned> find(std::span<const Name> names, std::string_view wanted) {
    for (const auto& [name, number] : names)
        if (name == wanted)
            return number;
    (void)std::fprintf(stderr, "refuse_calls: no such name: %.*s\n",
                       static_cast<int>(wanted.size()), wanted.data());
    return std::nullopt;
}

struct Refused {
    std::vector<unsigned> numbers;
    bool lease = false;
};

bool refuse(unsigned error_number, const Refused& refused) {
    std::vector<sock_filter> code{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    const sock_filter answer BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error_number);
    for (const unsigned number : refused.numbers) {
        code.push_back(sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
        code.push_back(answer);
    }
    if (refused.lease) {
        code.push_back(sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 3));
        code.push_back(sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, second_argument));
        code.push_back(sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETLEASE, 0, 1));
        code.push_back(answer);
    }
    code.push_back(sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace

int main(int argc, char** argv) {
    const auto error_number = find(errors, argc > 1 ? argv[1] : "");
    Refused refused;
    int next = 2;
    for (; next < argc && std::string_view(argv[next]) != "--"; ++next)
        if (argv[next] == lease_call)
            refused.lease = true;
        else if (const auto number = find(calls, argv[next]))
            refused.numbers.push_back(*number);
        else
            return 2;
    if (!error_number || next + 1 >= argc)
        return 2;
    if (!refuse(*error_number, refused))
        return 99;
    ::execvp(argv[next + 1], argv + next + 1);
    std::perror(argv[next + 1]);
    return 2;
}
