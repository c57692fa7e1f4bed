// Runs a fuzz target over files, where no fuzzer is: every corpus is a test of every build.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int run_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    // Said before, so that what ends the process is told with the file's name.
    (void)std::fprintf(stderr, "%s\n", path.c_str());
    // A copy of the very size, for the sanitizer's sake.
    const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
    return LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

} // namespace

int main(int argc, char** argv) {
    int count = 0;
    for (int i = 1; i < argc; ++i)
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            (void)run_file(entry.path());
            ++count;
        }
    (void)std::fprintf(stderr, "%d files\n", count);
    return count == 0 ? 1 : 0;
}
