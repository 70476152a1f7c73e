# tt_add_model(TARGET MODEL [TYPE STATIC|SHARED] [NAME name] [OPTIONS option ...] [DEPENDS file ...])
#
# Makes the library TARGET from a model file when the project is built, anew when the model, tt-compile or a file of DEPENDS (a model's external data) has changed.
# What links TARGET finds the header `NAME.h` with the functions NAME_session_create and NAME_run (docs/using-a-model.md).
#   TYPE     STATIC (default) or SHARED
#   NAME     name of the model in C; default: the file's name. Characters that C does not allow become _
#   OPTIONS  more options of tt-compile, e.g. --cpu=x86-64-v3 --dim=batch=1
#   DEPENDS  other files that the model is made of
function(tt_add_model target model)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "TYPE;NAME" "OPTIONS;DEPENDS")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tt_add_model(${target}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}; it takes TYPE, NAME, OPTIONS and DEPENDS")
  endif()
  if(NOT ARG_TYPE)
    set(ARG_TYPE STATIC)
  endif()
  if(ARG_TYPE STREQUAL "STATIC")
    set(suffix a)
  elseif(ARG_TYPE STREQUAL "SHARED")
    set(suffix so)
  else()
    message(FATAL_ERROR "tt_add_model(${target}): TYPE needs STATIC or SHARED, but is ${ARG_TYPE}")
  endif()
  cmake_path(ABSOLUTE_PATH model BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
  if(NOT ARG_NAME)
    cmake_path(GET model STEM LAST_ONLY ARG_NAME)
  endif()
  string(REGEX REPLACE "[^A-Za-z0-9_]" "_" ARG_NAME "${ARG_NAME}")
  list(TRANSFORM ARG_DEPENDS REPLACE "^([^/].*)$" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.tt")
  set(library "${folder}/lib${target}.${suffix}")
  set(header "${folder}/${ARG_NAME}.h")
  file(MAKE_DIRECTORY "${folder}")
  # No TARGET in DEPENDS: an imported executable is a file like others.
  add_custom_command(OUTPUT "${library}" "${header}"
    COMMAND tt::tt-compile "${model}" -o "${library}" "--header=${header}" "--name=${ARG_NAME}" ${ARG_OPTIONS}
    DEPENDS "${model}" "$<TARGET_FILE:tt::tt-compile>" ${ARG_DEPENDS}
    COMMENT "Compiling the model ${ARG_NAME}" VERBATIM)
  add_custom_target(${target}-tt DEPENDS "${library}" "${header}")

  add_library(${target} ${ARG_TYPE} IMPORTED GLOBAL)
  add_dependencies(${target} ${target}-tt)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${library}" IMPORTED_NO_SONAME ON)
  target_include_directories(${target} INTERFACE "${folder}")
  target_link_libraries(${target} INTERFACE tt::runtime_headers)
  if(ARG_TYPE STREQUAL "STATIC")
    target_link_libraries(${target} INTERFACE Threads::Threads m)
  endif()
endfunction()
