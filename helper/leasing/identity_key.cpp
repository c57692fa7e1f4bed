#include "helper/leasing/identity_key.hpp"

#include "cache/record/record.hpp"
#include "src/base/files.hpp"
#include "src/base/random.hpp"

#include <array>

#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr std::size_t key_size = 32;

std::string read_key(const std::string& path) {
    const auto key = read_file(
        path, {.owned_by_me = true, .private_to_me = true, .limit = key_size}, "identity key");
    return key && key->size() == key_size ? *key : std::string();
}

// Whole under a name of its own first, so that nobody reads half of it; who comes second loses.
void make_key(const std::string& path) {
    std::array<char, key_size> bytes;
    if (!fill_at_random(bytes.data(), bytes.size()))
        return;
    const std::string own = path + '.' + std::to_string(::getpid());
    if (!make_private_directory(directory_of(path)) ||
        !write_file(own, {bytes.data(), bytes.size()}, 0600))
        return;
    if (::link(own.c_str(), path.c_str()) != 0 && read_key(path).empty())
        (void)::rename(own.c_str(), path.c_str());
    (void)::unlink(own.c_str());
}

} // namespace

std::string identity_key(const std::string& state_directory) {
    if (state_directory.empty())
        return cache::machine_identity();
    const std::string path = state_directory + "/identity-key";
    std::string key = read_key(path);
    if (key.empty()) {
        make_key(path);
        key = read_key(path);
    }
    return key.empty() ? cache::machine_identity() : key;
}

} // namespace leasehold::helper
