# What `cmake --install` and `cpack -G DEB` put where. tt_add_tool installs the tools. Nothing of it knows where the build or the prefix is: files find each other by
# relative paths, so an installed tree can be moved.
include(CMakePackageConfigHelpers)

set(tt_package_dir share/cmake/tt)
set(tt_doc_dir share/doc/tt-compiler) # Debian wants the package's name here

install(FILES include/tt/Runtime/ABI.h DESTINATION include/tt/Runtime)

# tt::runtime_headers: the interface of compiled models. tt::tt-compile and the other tools are exported by tt_add_tool.
add_library(runtime_headers INTERFACE)
target_include_directories(runtime_headers INTERFACE $<INSTALL_INTERFACE:include>)
install(TARGETS runtime_headers EXPORT ttTargets)
install(EXPORT ttTargets NAMESPACE tt:: DESTINATION ${tt_package_dir})
configure_package_config_file(cmake/package/ttConfig.cmake.in "${CMAKE_BINARY_DIR}/package/ttConfig.cmake"
  INSTALL_DESTINATION ${tt_package_dir})
write_basic_package_version_file("${CMAKE_BINARY_DIR}/package/ttConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/package/ttConfig.cmake" "${CMAKE_BINARY_DIR}/package/ttConfigVersion.cmake"
  cmake/package/TTAddModel.cmake DESTINATION ${tt_package_dir})

configure_file(cmake/package/tt.pc.in "${CMAKE_BINARY_DIR}/package/tt.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/package/tt.pc" DESTINATION share/pkgconfig)

install(FILES README.md DESTINATION ${tt_doc_dir})
install(FILES LICENSE DESTINATION ${tt_doc_dir} RENAME copyright)
install(DIRECTORY docs/ DESTINATION ${tt_doc_dir}/docs FILES_MATCHING PATTERN "*.md" PATTERN man EXCLUDE)
install(DIRECTORY examples/consumers DESTINATION ${tt_doc_dir}/examples)
install(FILES docs/man/tt-compile.1 DESTINATION share/man/man1)

set(CPACK_PACKAGE_NAME tt-compiler)
set(CPACK_PACKAGE_CONTACT "tt maintainers <maintainers@users.noreply.b-seed-e725b6b8.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler from ONNX models to native libraries and programs")
set(CPACK_PACKAGE_DESCRIPTION
  "tt compiles neural networks, ahead of time, to objects, archives, shared libraries and executables that need nothing but libc. With headers, a CMake package and a pkg-config file for programs that link compiled models.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd) # xz takes ten times as long
# Libraries by dpkg-shlibdeps (package dpkg-dev), but libLLVM: the tools' run path has a link to it of another package. The linker and the C library's start files are
# needed to link artefacts.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libllvm${LLVM_VERSION_MAJOR}, lld-${LLVM_VERSION_MAJOR}, libc6-dev")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-numpy")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "gcc | clang, cmake, pkg-config")
include(CPack)
