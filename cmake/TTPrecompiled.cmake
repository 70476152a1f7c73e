# Target tt-precompiled: cmake/precompiled.h, compiled with the flags that every target has. Clang only; TT_PRECOMPILED is its path from the build folder,
# where ninja runs, so that commands are the same in every checkout and share one ccache.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_GENERATOR MATCHES "Ninja")
  set(TT_PRECOMPILED CMakeFiles/tt-precompiled.dir/cmake/precompiled.h.o)
  set_source_files_properties(cmake/precompiled.h PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "-x;c++-header;-Xclang;-fno-pch-timestamp")
  add_library(tt-precompiled OBJECT cmake/precompiled.h)
  # Not from ccache: clang looks for the header where the checkout was that made the file, which may be gone.
  set_target_properties(tt-precompiled PROPERTIES CXX_COMPILER_LAUNCHER "")
  # What ccache takes for the content of the precompiled header, which holds paths: all that it is made of.
  file(READ cmake/precompiled.h _tt_text)
  file(TIMESTAMP "${MLIR_DIR}/MLIRConfig.cmake" _tt_mlir)
  file(WRITE "${CMAKE_BINARY_DIR}/${TT_PRECOMPILED}.sum"
    "${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_BUILD_TYPE} ${CMAKE_CXX_FLAGS} ${TT_SANITIZE} ${TT_FUZZ} ${LLVM_PACKAGE_VERSION} ${_tt_mlir}\n${_tt_text}")
endif()
