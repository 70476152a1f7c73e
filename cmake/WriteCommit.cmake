# cmake -DSOURCE=DIR -DOUTPUT=FILE -DVERSION=X -P WriteCommit.cmake: a C++ header with tt's version and the commit of its sources. Written only when it changes.
find_program(GIT git)
set(commit unknown)
if(GIT)
  execute_process(COMMAND "${GIT}" -C "${SOURCE}" describe --always --dirty --abbrev=12 OUTPUT_VARIABLE found RESULT_VARIABLE status
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(status EQUAL 0)
    set(commit "${found}")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#define TT_VERSION_STRING \"${VERSION}\"\n#define TT_COMMIT \"${commit}\"\n")
