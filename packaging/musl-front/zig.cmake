# zig as the compiler: -DZIG=PATH -DTARGET_ARCHITECTURE=x86_64|aarch64.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${TARGET_ARCHITECTURE}")
# The baseline of the architecture, not what the machine that builds can do.
set(target -target "${TARGET_ARCHITECTURE}-linux-musl")
set(CMAKE_C_COMPILER "${ZIG}" cc ${target})
set(CMAKE_CXX_COMPILER "${ZIG}" c++ ${target})
# It is not tried out: programs that CMake links for this would have zig build its libraries once
# more for each, in another variant.
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_ID Clang)
  set(CMAKE_${language}_COMPILER_ID_RUN TRUE)
  set(CMAKE_${language}_COMPILER_VERSION 20.0)
  set(CMAKE_${language}_COMPILER_FORCED TRUE)
endforeach()
set(CMAKE_CXX_STANDARD_COMPUTED_DEFAULT 17)
set(CMAKE_CXX_EXTENSIONS_COMPUTED_DEFAULT ON)
