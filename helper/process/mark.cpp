#include "helper/process/mark.hpp"

#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
constexpr char background = 'b';
constexpr char plugin = 'p';

} // namespace

Fd make_mark(const Mark& mark) noexcept {
    const std::string text =
        (mark.start == Mark::Start::background ? background : plugin) + encode_caller(mark.caller);
    Fd file(::memfd_create("leasehold", MFD_ALLOW_SEALING | MFD_CLOEXEC));
    if (!file || write_all(file.get(), text) != 0 || ::fcntl(file.get(), F_ADD_SEALS, seals) != 0)
        return Fd();
    return file;
}

std::optional<Mark> own_mark() {
    struct stat status {};
    if (::fcntl(mark_descriptor, F_GET_SEALS) != seals || ::fstat(mark_descriptor, &status) != 0)
        return std::nullopt;
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t got = ::pread(mark_descriptor, text.data(), text.size(), 0);
    if (got != status.st_size || text.empty() || (text[0] != background && text[0] != plugin))
        return std::nullopt;
    auto caller = decode_caller(std::string_view(text).substr(1));
    if (!caller)
        return std::nullopt;
    return Mark{text[0] == background ? Mark::Start::background : Mark::Start::plugin,
                *std::move(caller)};
}

} // namespace leasehold::helper
