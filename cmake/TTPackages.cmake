# Everything tt builds on, from Debian's packages. A missing one is an error that names the package.

function(tt_require found what package)
  if(NOT ${found})
    message(FATAL_ERROR "tt needs ${what}, which was not found; on Debian: apt-get install ${package}")
  endif()
endfunction()

list(APPEND CMAKE_PREFIX_PATH /usr/lib/llvm-22)
find_package(MLIR 22.1 CONFIG QUIET)
tt_require(MLIR_FOUND "MLIR 22.1" "libmlir-22-dev mlir-22-tools llvm-22-dev")
set(MLIR_BINARY_DIR "${CMAKE_BINARY_DIR}") # else add_mlir_doc writes at the root of the file system
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
set(MLIR_LINK_MLIR_DYLIB ON)
set(CMAKE_INSTALL_RPATH "${LLVM_LIBRARY_DIR}") # Debian's libMLIR.so is not where the loader looks by itself
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})

find_package(Protobuf QUIET)
tt_require(Protobuf_FOUND "protobuf" "libprotobuf-dev protobuf-compiler")
find_package(ONNX CONFIG QUIET)
tt_require(ONNX_FOUND "the ONNX protobuf library" "libonnx-dev")

# Debian's interpreter, not another python3 that stands before it in PATH: only it sees Debian's modules.
set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "Debian's Python")
find_package(Python3 COMPONENTS Interpreter QUIET)
tt_require(Python3_FOUND "Debian's Python 3" "python3")

find_package(GTest QUIET)
tt_require(GTest_FOUND "GoogleTest" "libgtest-dev")
