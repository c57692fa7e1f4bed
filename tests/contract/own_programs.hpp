// The programs of the build that these tests start, at a place where this process may run them.
#pragma once

#include <string>

#include <sys/types.h>

namespace leasehold::test {

enum class OwnProgram { secret_service_child, fake_service, scripted_service };

// Its path: in the build tree, or in the copy made for another user.
[[nodiscard]] std::string own_program(OwnProgram program);

// For a process that is about to become another user: the checkout may lie in a home that lets
// nobody in, so that user gets a copy of the programs. It goes with the process. False if it could
// not be made.
[[nodiscard]] bool copy_own_programs_for(uid_t uid, gid_t gid);

} // namespace leasehold::test
