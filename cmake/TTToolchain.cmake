# Compiler and linker settings that hold for every target of tt.

find_program(TT_CCACHE ccache)
if(TT_CCACHE)
  # base_dir and no hash_dir: a second checkout below the same folder shares the cache.
  get_filename_component(_tt_parent "${CMAKE_SOURCE_DIR}" DIRECTORY)
  set(_tt_launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${_tt_parent}" CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1 "${TT_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${_tt_launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${_tt_launcher})
endif()

find_program(TT_LLD NAMES ld.lld-22 ld.lld HINTS /usr/lib/llvm-22/bin)
if(TT_LLD AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_link_options("--ld-path=${TT_LLD}")
endif()

add_compile_options(-Wall -Wextra -Wno-unused-parameter)
# NDEBUG stays on in every build: Debian's LLVM has no assertions and the layout of some of its classes depends on the macro.
add_compile_definitions(NDEBUG)
set(CMAKE_CXX_FLAGS_DEBUG "-O0")
set(CMAKE_C_FLAGS_DEBUG "-O1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELEASE "-O2")
# MLIR is built without run-time type information; classes derived from its own must match.
add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>" "$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>")
# Numbers must be the ones that were written: no contraction of a*b+c in C or C++ code.
add_compile_options(-ffp-contract=off)

if(TT_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer -fno-sanitize-recover=undefined -g1)
  add_link_options(-fsanitize=address,undefined -fno-sanitize=vptr)
  if(TT_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
endif()
