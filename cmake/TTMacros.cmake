# tt_add_library(NAME file.cpp ... [PRECOMPILED] [LINK lib ...] [DEPENDS target ...])
# One static library of lib/. MLIR and LLVM always come from libMLIR.so and libLLVM.so, never from static archives.
# A file that has to catch exceptions of a library sets -fexceptions among its own COMPILE_OPTIONS, after this call.
# PRECOMPILED: files that work on the IR read cmake/precompiled.h, which saves a third of their time; others would lose by it.
function(tt_add_library name)
  cmake_parse_arguments(ARG "PRECOMPILED" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  add_dependencies(${name} tt-headers ${ARG_DEPENDS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} MLIR LLVM)
  set_property(GLOBAL APPEND PROPERTY TT_LIBRARIES ${name})
  if(ARG_PRECOMPILED AND TARGET tt-precompiled)
    set_source_files_properties(${ARG_UNPARSED_ARGUMENTS} PROPERTIES COMPILE_OPTIONS "-include-pch;${TT_PRECOMPILED}"
      OBJECT_DEPENDS "${CMAKE_BINARY_DIR}/${TT_PRECOMPILED}")
  endif()
endfunction()

# tt_add_tool(NAME file.cpp ... [LINK lib ...])
function(tt_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  add_dependencies(${name} tt-headers)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  set_property(GLOBAL APPEND PROPERTY TT_TOOLS ${name})
  install(TARGETS ${name} EXPORT ttTargets RUNTIME DESTINATION bin)
endfunction()

# tt_add_passes(NAME): generates Passes.h.inc of the current folder from its Passes.td, and the folder's page of the manual.
function(tt_add_passes name)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name=${name})
  add_public_tablegen_target(TT${name}PassesIncGen)
  add_dependencies(tt-headers TT${name}PassesIncGen)
  tt_add_doc(Passes.td ${name}Passes -gen-pass-doc)
endfunction()

# tt_add_doc(FILE.td NAME GENERATOR...): writes docs/generated/NAME.md in the build folder (target tt-docs).
function(tt_add_doc file name)
  set(out "${CMAKE_BINARY_DIR}/docs/generated/${name}.md")
  set(includes -I "${CMAKE_SOURCE_DIR}/include")
  foreach(dir ${MLIR_INCLUDE_DIRS})
    list(APPEND includes -I "${dir}")
  endforeach()
  add_custom_command(OUTPUT "${out}"
    COMMAND ${CMAKE_COMMAND} -E make_directory "${CMAKE_BINARY_DIR}/docs/generated"
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} ${includes} "${CMAKE_CURRENT_SOURCE_DIR}/${file}" -o "${out}"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${file}" VERBATIM)
  add_custom_target(tt-doc-${name} DEPENDS "${out}")
  set_property(GLOBAL APPEND PROPERTY TT_DOCS tt-doc-${name})
endfunction()
