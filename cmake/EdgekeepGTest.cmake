# GoogleTest is built from Debian's source package: the same source then serves aarch64 and sanitizer builds.
if(BUILD_TESTING AND NOT EK_FUZZ)
  add_library(ek_gtest_main STATIC /usr/src/googletest/googletest/src/gtest-all.cc /usr/src/googletest/googletest/src/gtest_main.cc)
  target_include_directories(ek_gtest_main SYSTEM PUBLIC /usr/src/googletest/googletest/include PRIVATE /usr/src/googletest/googletest)
  target_compile_features(ek_gtest_main PUBLIC cxx_std_23)
  target_compile_options(ek_gtest_main PRIVATE -w)
  target_link_libraries(ek_gtest_main PUBLIC Threads::Threads)

  # For vectors in JSON. The library is headers only; a link to its directory alone keeps the other headers of this machine
  # out of a build for another architecture.
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include-json)
  file(CREATE_LINK /usr/include/nlohmann ${CMAKE_BINARY_DIR}/include-json/nlohmann SYMBOLIC)
  add_library(ek_test_json INTERFACE)
  target_include_directories(ek_test_json SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/include-json)
endif()

# One ctest entry per binary; every case's outcome goes to test-results/<name>.xml, where script/test counts it.
function(ek_add_gtest name target labels)
  string(REPLACE "/" "_" file ${name})
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 300
    ENVIRONMENT "GTEST_OUTPUT=xml:${CMAKE_BINARY_DIR}/test-results/${file}.xml;EDGEKEEP_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()
