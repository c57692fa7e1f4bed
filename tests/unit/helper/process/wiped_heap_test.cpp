// Linked with helper/process/wiped_heap.cpp, as the programs are.
#include "tests/support/left_out.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace leasehold {
namespace {

// How often the text lies in this process's memory that can be written to.
std::size_t copies_of(const std::string& text) {
    std::size_t found = 0;
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    std::FILE* maps = std::fopen("/proc/self/maps", "re");
    char line[512];
    static char page[4096];
    while (maps != nullptr && std::fgets(line, sizeof line, maps) != nullptr) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        char rights[5] = {};
        if (std::sscanf(line, "%lx-%lx %4s", &begin, &end, rights) != 3 || rights[1] != 'w')
            continue;
        for (; begin < end; begin += sizeof page) {
            const ssize_t got = ::pread(memory, page, sizeof page, static_cast<off_t>(begin));
            for (ssize_t at = 0; at + static_cast<ssize_t>(text.size()) <= got; ++at)
                // The text itself is nowhere but in the block: it is sought by another.
                if (std::equal(text.begin(), text.end(), page + at,
                               [](char wanted, char seen) { return seen == wanted + 1; }))
                    ++found;
        }
    }
    if (maps != nullptr)
        (void)std::fclose(maps);
    ::close(memory);
    return found;
}

// SEC-2. Of blocks of every kind of size, since allocators treat them differently.
TEST(WipedHeap, WhatIsGivenBackIsOverwritten) {
    LEASEHOLD_NEED_PLAIN_PROGRAM("memory that was given back");
    const std::string shifted = "b`m`qx,rdbqds,sdws,ne,sghr,sdrs"; // each byte one too small
    for (const std::size_t size : {40U, 200U, 2000U, 70'000U, 400'000U}) {
        auto* block = static_cast<char*>(::operator new(size));
        for (std::size_t i = 0; i < shifted.size(); ++i)
            block[size - shifted.size() + i] = static_cast<char>(shifted[i] + 1);
        EXPECT_EQ(copies_of(shifted), 1U) << size << ": the search itself does not find it";
        ::operator delete(block);
        EXPECT_EQ(copies_of(shifted), 0U) << size;
    }
}

} // namespace
} // namespace leasehold
