# GoogleTest is built from Debian's source package: the same source then serves aarch64 and sanitizer builds.
if(BUILD_TESTING AND NOT EK_FUZZ)
  add_library(ek_gtest_main STATIC /usr/src/googletest/googletest/src/gtest-all.cc /usr/src/googletest/googletest/src/gtest_main.cc)
  target_include_directories(ek_gtest_main SYSTEM PUBLIC /usr/src/googletest/googletest/include PRIVATE /usr/src/googletest/googletest)
  target_compile_features(ek_gtest_main PUBLIC cxx_std_23)
  target_compile_options(ek_gtest_main PRIVATE -w -O0 -g0 -fno-sanitize=all)  # GoogleTest is not what is tested
  target_link_libraries(ek_gtest_main PUBLIC Threads::Threads)

  # Without optimisation, which tests gain nothing from. Undefined behaviour is looked for in what is tested; in the tests
  # it costs a third of their compile time. Addresses are checked in them too.
  # GCC's false alarms beside sanitizers come of optimising: here every warning is an error in every build.
  set(EK_TEST_COMPILE_OPTIONS -O0 -fno-sanitize=undefined -Werror)

  # A third of the time of Debian's ld for what is linked to be run once here. What ships is linked by ld.
  find_program(EK_MOLD mold)
  if(EK_MOLD AND NOT CMAKE_CROSSCOMPILING AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(EK_TEST_LINK_OPTIONS -fuse-ld=mold)
  endif()

  # What nearly every test includes, parsed once: half of a test's compile time. An executable, for its objects must be built
  # the way the tests' are.
  file(WRITE ${CMAKE_BINARY_DIR}/test_headers.cpp "int main() {}\n")
  add_executable(ek_test_headers EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/test_headers.cpp)
  target_link_libraries(ek_test_headers PRIVATE ek_options ek_gtest_main)
  target_compile_options(ek_test_headers PRIVATE ${EK_TEST_COMPILE_OPTIONS})
  target_precompile_headers(ek_test_headers PRIVATE
    <gtest/gtest.h> <algorithm> <array> <chrono> <expected> <filesystem> <fstream> <functional> <memory> <span> <string>
    <vector>)

  # For vectors in JSON. The library is headers only; a link to its directory alone keeps the other headers of this machine
  # out of a build for another architecture.
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include-json)
  file(CREATE_LINK /usr/include/nlohmann ${CMAKE_BINARY_DIR}/include-json/nlohmann SYMBOLIC)
  add_library(ek_test_json INTERFACE)
  target_include_directories(ek_test_json SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/include-json)
endif()

# ek_test_code(TARGET [OPTION...]): fixtures and what else only tests run, compiled as tests are. A fixture that tests compute
# with asks for -O1, and for -Wno-error because of what GCC then imagines beside sanitizers (elsewhere ek_options says -Werror).
# Where there are no tests (the demo, benches, fuzzing) it is compiled like any other code.
function(ek_test_code target)
  if(EK_TEST_COMPILE_OPTIONS)
    target_compile_options(${target} PRIVATE ${EK_TEST_COMPILE_OPTIONS} ${ARGN})
  endif()
endfunction()

# One ctest entry per binary; every case's outcome goes to test-results/<name>.xml, where script/test counts it.
function(ek_add_gtest name target labels)
  string(REPLACE "/" "_" file ${name})
  target_precompile_headers(${target} REUSE_FROM ek_test_headers)
  target_compile_options(${target} PRIVATE ${EK_TEST_COMPILE_OPTIONS})
  target_link_options(${target} PRIVATE ${EK_TEST_LINK_OPTIONS})
  ek_compile_together(${target})
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 600
    ENVIRONMENT "GTEST_OUTPUT=xml:${CMAKE_BINARY_DIR}/test-results/${file}.xml;EDGEKEEP_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()

# ek_long_tests(NAME SECONDS): started early, so that no single long one is left at the end while a processor has nothing to do.
function(ek_long_tests name seconds)
  if(TEST ${name})
    set_tests_properties(${name} PROPERTIES COST ${seconds})
  endif()
endfunction()
